// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConn;
import dev.clientconn.boot.ClientConnBuilderCustomizer;
import dev.clientconn.boot.ClientConnFactory;
import dev.clientconn.boot.ClientConnRefresher;
import dev.clientconn.boot.autoconfigure.connection.TargetConnections;
import dev.clientconn.boot.autoconfigure.credentials.TokenSources;
import dev.clientconn.boot.autoconfigure.interceptor.InterceptorBeans;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.NameResolverProvider;
import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindingPostProcessor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * Auto-configures gRPC clients: one channel for each target below {@code grpc.client.targets}.
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@ConditionalOnClass(ClientConn.class)
@ConditionalOnBooleanProperty(name = "grpc.client.enabled", matchIfMissing = true)
@EnableConfigurationProperties(GrpcClientProperties.class)
@Import(ClientConnBeanRegistrar.class)
public final class GrpcClientAutoConfiguration {

  GrpcClientAutoConfiguration() {}

  /**
   * Undecided security and invalid values fail the start, even with lazy initialization.
   */
  @Bean
  static LazyInitializationExcludeFilter clientConnLazyInitializationExclusion() {
    return LazyInitializationExcludeFilter.forBeanTypes(
        ClientConn.class, InterceptorBeans.class, TargetCredentials.class, TargetConnections.class);
  }

  @Bean
  static ClientConnRecorder clientConnRegistry() {
    return new ClientConnRecorder();
  }

  /**
   * Checks the keys here too: a context that was processed ahead of time skips the registrar. It
   * runs before there are beans, because SSL bundles may be translated from old keys.
   */
  @Bean
  static BeanFactoryPostProcessor grpcClientKeyCheck(
      Environment environment, ResourceLoader resources) {
    return beanFactory -> {
      if (AotDetector.useGeneratedArtifacts()) {
        KeyCheck.run(environment, resources.getClassLoader());
      }
    };
  }

  @Bean
  GrpcClientTargets grpcClientTargets(Environment environment) {
    return GrpcClientTargets.of(environment);
  }

  /**
   * Binds the properties after the check of the keys, which has the better error messages. A
   * channel may be needed before Spring has registered the post-processor that binds beans, by
   * another post-processor; only then they are bound here.
   */
  @Bean
  InheritedSettings grpcClientSettings(
      GrpcClientTargets targets,
      TargetConnections connections,
      ObjectProvider<GrpcClientProperties> properties,
      ConfigurationPropertiesBindingPostProcessor binding,
      DefaultListableBeanFactory beanFactory) {
    GrpcClientProperties bound = properties.getObject();
    if (!beanFactory.getBeanPostProcessors().contains(binding)) {
      binding.postProcessBeforeInitialization(
          bound, "grpc.client-" + GrpcClientProperties.class.getName());
    }
    return new InheritedSettings(bound, targets, connections);
  }

  @Bean
  TargetConnections grpcClientTargetConnections(
      ConfigurableListableBeanFactory beans, GrpcClientTargets targets) {
    return new TargetConnections(beans, targets);
  }

  @Bean
  @ConditionalOnMissingBean
  ClientConnFactory clientConnFactory(
      InheritedSettings settings,
      TlsConfigurer tls,
      InterceptorBeans interceptors,
      CallSupport calls,
      NameResolvers resolvers,
      ObjectProvider<ClientConnBuilderCustomizer> customizers) {
    return new PropertiesClientConnFactory(
        settings, tls, interceptors, resolvers, calls, customizers);
  }

  @Bean
  NameResolvers grpcClientNameResolvers(ObjectProvider<NameResolverProvider> resolvers) {
    return new NameResolvers(resolvers);
  }

  @Bean
  CallSupport grpcClientCallSupport(
      TargetCredentials credentials,
      ObjectProvider<CompressorRegistry> compressors,
      ObjectProvider<DecompressorRegistry> decompressors,
      ConfigurableListableBeanFactory beans,
      ObjectProvider<CallbackThreads> virtualThreads) {
    return new CallSupport(
        credentials,
        new CodecRegistries(compressors, decompressors),
        new BeanReferences(beans),
        virtualThreads.getIfAvailable());
  }

  @Bean
  TargetCredentials grpcClientCredentials(
      ConfigurableListableBeanFactory beans,
      GrpcClientTargets targets,
      ObjectProvider<TokenSources> sources) {
    return new TargetCredentials(new BeanReferences(beans), targets, sources);
  }

  @Bean
  @ConditionalOnThreading(Threading.VIRTUAL)
  CallbackThreads grpcClientCallbackThreads() {
    return new CallbackThreads(new VirtualThreadTaskExecutor("grpc-client-"));
  }

  @Bean
  @ConditionalOnMissingBean
  ClientConnRefresher clientConnRefresher(
      Environment environment,
      ResourceLoader resources,
      ConfigurationPropertiesBindingPostProcessor binding,
      InheritedSettings settings,
      ClientConnFactory factory) {
    return new PropertiesRefresher(
        environment, resources.getClassLoader(), binding, settings, factory);
  }

  @Bean
  InterceptorBeans grpcClientInterceptors(
      ConfigurableListableBeanFactory beans, InheritedSettings settings) {
    return new InterceptorBeans(
        beans, settings::globalInterceptors, ClientConnBeanRegistrar::beanName);
  }

  @Bean
  SeparateChannels grpcClientSeparateChannels(
      InheritedSettings settings,
      TlsConfigurer tls,
      InterceptorBeans interceptors,
      CallSupport calls,
      NameResolvers resolvers,
      ObjectProvider<ClientConnBuilderCustomizer> customizers,
      AutowireCapableBeanFactory beans) {
    return new SeparateChannels(
        new PropertiesClientConnFactory(settings, tls, interceptors, resolvers, calls, customizers),
        settings,
        beans);
  }

  @Bean
  HealthSource grpcClientHealthSource(InheritedSettings settings, TlsConfigurer tls) {
    return new HealthSource(settings, tls);
  }

  @Bean
  EffectiveConfiguration grpcClientEffectiveConfiguration(
      InheritedSettings settings, ClientConnFactory factory, SeparateChannels separate) {
    return new EffectiveConfiguration(settings, factory, separate);
  }

  @Bean
  TlsConfigurer grpcClientTls(ObjectProvider<SslBundles> bundles) {
    return new TlsConfigurer(bundles.getIfAvailable());
  }

  @Bean(ClientConnBeanRegistrar.FACTORY_BEAN)
  ClientConnBeanFactory clientConnBeanFactory(ClientConnFactory factory) {
    return new ClientConnBeanFactory(factory);
  }

  @Bean
  ClientConnLifecycle clientConnLifecycle(
      ApplicationContext context,
      ClientConnRecorder clients,
      InheritedSettings settings,
      SeparateChannels separate,
      ClientConnRefresher refresher) {
    return new ClientConnLifecycle(context, clients, settings, separate, refresher);
  }
}
