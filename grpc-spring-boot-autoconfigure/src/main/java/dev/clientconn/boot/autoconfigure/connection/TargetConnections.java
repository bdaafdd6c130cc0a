// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.connection;

import dev.clientconn.boot.GrpcClientConnectionDetails;
import dev.clientconn.boot.autoconfigure.GrpcClientTargets;
import dev.clientconn.boot.autoconfigure.TargetNames;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Finds the connection details of a target among the beans. The names of all details are checked
 * once, at the start: a target that is removed later must not fail the others.
 */
public final class TargetConnections implements SmartInitializingSingleton {

  private final ListableBeanFactory beans;

  private final Collection<String> known;

  /** Guarded by this. */
  private boolean checked;

  /**
   * Creates the finder.
   *
   * @param beans the beans
   * @param targets the targets that are configured at the start
   */
  public TargetConnections(ListableBeanFactory beans, GrpcClientTargets targets) {
    this.beans = beans;
    this.known = targets.names();
  }

  /**
   * Finds the details of a target.
   *
   * @param target the name of the target
   * @return what the details say now, or null if there are none
   * @throws InvalidConnectionDetailsException if there are several, or if they cannot be used
   */
  public @Nullable TargetConnection find(String target) {
    Details found = null;
    for (Details each : checkedDetails()) {
      if (each.targets().stream().anyMatch(name -> same(name, target))) {
        if (found != null) {
          throw InvalidConnectionDetailsException.several(target, found.source(), each.source());
        }
        found = each;
      }
    }
    return found == null ? null : TargetConnection.of(target, found.source(), found.details);
  }

  /** Checks the details of an application that builds no channel at the start, too. */
  @Override
  public void afterSingletonsInstantiated() {
    checkedDetails();
  }

  private synchronized Collection<Details> checkedDetails() {
    Map<String, GrpcClientConnectionDetails> all = BeanFactoryUtils.beansOfTypeIncludingAncestors(
        this.beans, GrpcClientConnectionDetails.class);
    Collection<Details> details = all.entrySet().stream()
        .map(each -> new Details(each.getKey(), each.getValue()))
        .toList();
    if (!this.checked) {
      details.forEach(this::check);
      this.checked = true;
    }
    return details;
  }

  private void check(Details details) {
    for (String name : details.targets()) {
      if (this.known.stream().noneMatch(each -> same(each, name))) {
        throw InvalidConnectionDetailsException.unknown(name, details.source(), this.known);
      }
    }
  }

  private static boolean same(String name, String other) {
    return TargetNames.canonical(name).equals(TargetNames.canonical(other));
  }

  private record Details(String bean, GrpcClientConnectionDetails details) {

    String source() {
      return TargetConnection.source(this.bean, this.details);
    }

    Set<String> targets() {
      try {
        return Set.copyOf(this.details.getTargets());
      } catch (InvalidConnectionDetailsException described) {
        throw described;
      } catch (RuntimeException thrown) {
        throw InvalidConnectionDetailsException.withoutNames(source(), thrown);
      }
    }
  }
}
