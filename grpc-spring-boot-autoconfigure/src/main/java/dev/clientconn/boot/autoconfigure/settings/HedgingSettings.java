// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds when a call is sent several times, of which the first response counts (gRFC A6). */
public class HedgingSettings extends HedgingPolicySettings {

  /**
   * Policies of single methods or services. A value that is not set here is that of the target.
   */
  private @Nullable List<MethodPolicy> methods;

  public @Nullable List<MethodPolicy> getMethods() {
    return this.methods;
  }

  public void setMethods(@Nullable List<MethodPolicy> methods) {
    this.methods = methods;
  }

  /** The policy of some methods. */
  public static class MethodPolicy extends HedgingPolicySettings {

    /** Comma-separated list of methods (package.Service/Method) and services (package.Service). */
    private @Nullable List<String> names;

    public @Nullable List<String> getNames() {
      return this.names;
    }

    public void setNames(@Nullable List<String> names) {
      this.names = names;
    }
  }
}
