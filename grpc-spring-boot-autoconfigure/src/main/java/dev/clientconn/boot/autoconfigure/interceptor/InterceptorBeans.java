// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.interceptor;

import dev.clientconn.boot.GlobalClientInterceptorConfigurer;
import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Determines the interceptors of each client. From the outside to the inside: the global ones in
 * their order, those of the target as they are listed, those of the injection point as they are
 * written. An interceptor that is in several of these lists runs once, in the last one.
 *
 * <p>The interceptors are created when all other singletons have been created, or for the first
 * call if that is earlier; those of a channel that is built later, before the channel.
 */
@CrossesThreads
public final class InterceptorBeans implements SmartInitializingSingleton {

  private static final Log logger = LogFactory.getLog(InterceptorBeans.class);

  private final ConfigurableListableBeanFactory beans;

  private final InterceptorDefinitions definitions;

  private final UnaryOperator<String> channelBean;

  private final Map<String, TargetInterceptors> ofTargets = new ConcurrentHashMap<>();

  private final AtomicBoolean reported = new AtomicBoolean();

  /** Whether all singletons have been created. */
  private final AtomicBoolean started = new AtomicBoolean();

  /** Look-ups at the end of the start. */
  private final Queue<Runnable> pending = new ConcurrentLinkedQueue<>();

  /**
   * Creates the look-up.
   *
   * @param beans the bean factory with the interceptors
   * @param mode returns which beans are applied to all clients; this may change
   * @param channelBean returns the bean name of the channel of a target
   */
  public InterceptorBeans(
      ConfigurableListableBeanFactory beans,
      Supplier<GlobalInterceptors> mode,
      UnaryOperator<String> channelBean) {
    this.beans = beans;
    this.definitions = new InterceptorDefinitions(beans, mode);
    this.channelBean = channelBean;
  }

  /**
   * Returns the checks of names.
   *
   * @return checks that create no beans
   */
  public InterceptorNames names() {
    return new InterceptorNames(this.beans);
  }

  /**
   * Returns the interceptor to add to the builder of a target's channel, after all others. After
   * the start it has its interceptors, so that one which cannot be created leaves everything as it
   * is. A channel has it wherever there are interceptor beans: those of a client run inside of it,
   * and the properties that select beans may change.
   *
   * @param target the name of the target
   * @param names the bean names of the target's interceptors
   * @return null if the application has no interceptor beans
   */
  public @Nullable TargetInterceptors forTarget(String target, List<String> names) {
    if (names.isEmpty() && !hasInterceptors()) {
      return null;
    }
    TargetInterceptors interceptors = new TargetInterceptors(target, names, this);
    if (this.started.get()) {
      interceptors.prepare();
    }
    return interceptors;
  }

  /**
   * Records the interceptor that the channel of a target has now.
   *
   * @param target the name of the target
   * @param interceptors the result of {@link #forTarget}
   */
  public void inForce(String target, @Nullable TargetInterceptors interceptors) {
    if (interceptors == null) {
      this.ofTargets.remove(target);
      return;
    }
    this.ofTargets.put(target, interceptors);
    if (!this.started.get()) {
      this.pending.add(interceptors::prepare);
    }
  }

  /**
   * Returns the channel of a client with interceptors of its own.
   *
   * @param channel the channel of the target
   * @param target the name of the target
   * @param owner the client, for messages
   * @param injected the interceptors of the client
   * @return a channel that makes its calls through them
   */
  public Channel intercept(
      Channel channel, String target, String owner, InjectedInterceptors injected) {
    TargetInterceptors ofTarget = this.ofTargets.get(target);
    InterceptorChain chain =
        new InterceptorChain(owner, current -> resolve(current, injected, owner));
    if (!this.started.get()) {
      this.pending.add(() -> chain.prepare(ofTarget));
    }
    return new InterceptedClientChannel(channel, chain, ofTarget != null);
  }

  /**
   * Returns the channel of a client that brings its interceptors itself.
   *
   * @param channel the channel of the target
   * @param target the name of the target
   * @param own the interceptors, the outermost one first
   * @param sort whether all interceptors of the client are sorted together
   * @return a channel that makes its calls through them
   */
  public Channel intercept(
      Channel channel, String target, List<ClientInterceptor> own, boolean sort) {
    String owner = "a client of the target '%s'".formatted(target);
    InterceptorChain chain = new InterceptorChain(owner, current -> resolve(current, own, sort));
    return new InterceptedClientChannel(channel, chain, this.ofTargets.get(target) != null);
  }

  /**
   * Describes the interceptors of a target's channel, without those of single clients.
   *
   * @param target the name of the target
   * @return the outermost one first; null if they are not created yet
   */
  public @Nullable List<InterceptorDescription> describe(String target) {
    TargetInterceptors ofTarget = this.ofTargets.get(target);
    if (ofTarget == null) {
      return List.of();
    }
    List<ClientInterceptor> known = ofTarget.known();
    if (known == null) {
      return null;
    }
    InterceptorSorter sorter = new InterceptorSorter(this.definitions);
    return known.stream()
        .map(NamedInterceptor.class::cast)
        .map(each -> ofTarget.lists(each) ? ofTarget.describe(each) : sorter.describe(each))
        .toList();
  }

  private List<NamedInterceptor> resolve(
      @Nullable TargetInterceptors target, List<ClientInterceptor> own, boolean sort) {
    List<NamedInterceptor> all = resolve(target, InjectedInterceptors.NONE, "");
    own.forEach(each -> add(new NamedInterceptor(each.getClass().getName(), false, each), all));
    return sort ? new InterceptorSorter(this.definitions).sort(all) : all;
  }

  /** Fails the start if an interceptor cannot be created. */
  @Override
  public void afterSingletonsInstantiated() {
    List<String> excluded = this.definitions.namesWithoutAnnotation();
    if (!excluded.isEmpty() && this.reported.compareAndSet(false, true)) {
      // Keys of Spring Boot's own client change the mode, and nothing else reports that.
      logger.info(("The interceptor beans %s are not applied to all clients, because"
              + " grpc.client.interceptors.global is 'annotated' and they have no annotation")
          .formatted(excluded));
    }
    this.started.set(true);
    for (Runnable lookup = this.pending.poll(); lookup != null; lookup = this.pending.poll()) {
      lookup.run();
    }
  }

  /** Whether there may be interceptors, by the bean definitions. */
  private boolean hasInterceptors() {
    return !this.definitions.names(false).isEmpty()
        || this.beans.getBeanNamesForType(GlobalClientInterceptorConfigurer.class, true, false)
                .length
            > 0;
  }

  /** Returns the global interceptors in their order, without those that call the target. */
  private List<NamedInterceptor> globals(String target) {
    ClientDependencies dependencies =
        new ClientDependencies(this.beans, this.channelBean.apply(target), target);
    List<NamedInterceptor> globals = new ArrayList<>();
    for (String name : this.definitions.globalNames(true)) {
      NamedInterceptor global = bean(name);
      if (!dependencies.hasChannel(name)) {
        globals.add(global);
      }
    }
    return new InterceptorSorter(this.definitions).sort(configured(globals));
  }

  /** Applies the configurers; an interceptor that they add has the name of its class. */
  private List<NamedInterceptor> configured(List<NamedInterceptor> globals) {
    List<ClientInterceptor> interceptors = new ArrayList<>();
    globals.forEach(global -> interceptors.add(global.interceptor()));
    this.beans
        .getBeanProvider(GlobalClientInterceptorConfigurer.class)
        .orderedStream()
        .forEach(configurer -> configure(configurer, interceptors));
    return interceptors.stream()
        .map(interceptor -> globals.stream()
            .filter(global -> global.interceptor() == interceptor)
            .findFirst()
            .orElseGet(
                () -> new NamedInterceptor(interceptor.getClass().getName(), false, interceptor)))
        .toList();
  }

  private static void configure(
      GlobalClientInterceptorConfigurer configurer, List<ClientInterceptor> interceptors) {
    configurer.configureClientInterceptors(interceptors);
    if (interceptors.contains(null)) {
      throw new UnusableInterceptorException(
          "The list of global interceptors has a null element after %s was called."
              .formatted(configurer.getClass().getName()),
          "Let the configurer add interceptors only.",
          null);
    }
  }

  /**
   * Returns the interceptors of a client, the outermost one first.
   *
   * @param target null if the channel was not built with interceptors
   * @param injected the interceptors of the client
   * @param owner the client, for messages
   */
  List<NamedInterceptor> resolve(
      @Nullable TargetInterceptors target, InjectedInterceptors injected, String owner) {
    List<NamedInterceptor> all = new ArrayList<>();
    if (target != null) {
      globals(target.target()).forEach(each -> add(each, all));
      target.names().forEach(name -> add(bean(name), all));
    }
    injected.types().forEach(type -> add(ofType(type, owner), all));
    injected.names().forEach(name -> add(bean(name), all));
    return injected.sort() ? new InterceptorSorter(this.definitions).sort(all) : all;
  }

  /** Adds an interceptor in its last position. */
  private static void add(NamedInterceptor added, List<NamedInterceptor> all) {
    all.removeIf(present -> present.interceptor() == added.interceptor());
    all.add(added);
  }

  private NamedInterceptor bean(String name) {
    return new NamedInterceptor(name, true, this.beans.getBean(name, ClientInterceptor.class));
  }

  private NamedInterceptor ofType(Class<? extends ClientInterceptor> type, String owner) {
    String[] names = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beans, type);
    if (names.length == 1) {
      return bean(names[0]);
    }
    if (names.length > 1) {
      throw InterceptorNames.ambiguous(type, owner, List.of(names));
    }
    try {
      return new NamedInterceptor(type.getName(), false, BeanUtils.instantiateClass(type));
    } catch (RuntimeException | LinkageError failure) {
      throw InterceptorNames.notInstantiable(type, owner, failure);
    }
  }
}
