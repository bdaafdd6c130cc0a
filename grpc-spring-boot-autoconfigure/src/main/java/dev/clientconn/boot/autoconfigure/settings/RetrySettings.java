// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Holds when calls that have failed are made again (gRFC A6). */
public class RetrySettings extends RetryPolicySettings {

  /**
   * Whether calls are retried and hedged by policy. If not, the policies of service configs have no
   * effect either.
   */
  private @Nullable Boolean enabled;

  private final Buffer buffer = new Buffer();

  /**
   * Policies of single methods or services. A value that is not set here is that of the target.
   */
  private @Nullable List<MethodPolicy> methods;

  public @Nullable Boolean getEnabled() {
    return this.enabled;
  }

  public void setEnabled(@Nullable Boolean enabled) {
    this.enabled = enabled;
  }

  public Buffer getBuffer() {
    return this.buffer;
  }

  public @Nullable List<MethodPolicy> getMethods() {
    return this.methods;
  }

  public void setMethods(@Nullable List<MethodPolicy> methods) {
    this.methods = methods;
  }

  /** Requests that are retained until the server responds, so that they can be sent again. */
  public static class Buffer {

    /** Size limit of the request of one call. A larger request is not retried. */
    private @Nullable DataSize perCall;

    /** Size limit of the requests of all calls of a channel together. */
    private @Nullable DataSize total;

    public @Nullable DataSize getPerCall() {
      return this.perCall;
    }

    public void setPerCall(@Nullable DataSize perCall) {
      this.perCall = perCall;
    }

    public @Nullable DataSize getTotal() {
      return this.total;
    }

    public void setTotal(@Nullable DataSize total) {
      this.total = total;
    }
  }

  /** The policy of some methods. */
  public static class MethodPolicy extends RetryPolicySettings {

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
