// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.settings;

import org.jspecify.annotations.Nullable;

/** Holds how far failures stop retries and hedging (gRFC A6). */
public class ThrottlingSettings {

  /**
   * Number of tokens of a server, 1000 at most. Each failure takes one; at half of them, calls are
   * neither retried nor hedged. No limit if it is 0 or not set.
   */
  private @Nullable Integer maxTokens;

  /** Number of tokens, or part of one, that a successful call gives back. */
  private @Nullable Double tokenRatio;

  public @Nullable Integer getMaxTokens() {
    return this.maxTokens;
  }

  public void setMaxTokens(@Nullable Integer maxTokens) {
    this.maxTokens = maxTokens;
  }

  public @Nullable Double getTokenRatio() {
    return this.tokenRatio;
  }

  public void setTokenRatio(@Nullable Double tokenRatio) {
    this.tokenRatio = tokenRatio;
  }
}
