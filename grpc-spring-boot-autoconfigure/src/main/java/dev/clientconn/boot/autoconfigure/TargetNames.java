// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * Compares names of targets without case, dashes and underscores, so that environment variables
 * can contain them.
 */
public final class TargetNames {

  private TargetNames() {}

  /**
   * Returns a name in the form in which names are compared.
   *
   * @param name a name in any spelling
   * @return the same for all spellings of a name
   */
  public static String canonical(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  /**
   * Whether a name is an address. A host without a port is not: it looks like any other name.
   */
  static boolean isAddress(String name) {
    return name.indexOf(':') > 0;
  }

  /**
   * Returns the most similar candidate, if one is similar enough.
   *
   * @param name a name that does not exist
   * @param candidates the names there are
   * @return the name that may be meant
   */
  public static Optional<String> nearest(String name, Collection<String> candidates) {
    String wanted = canonical(name);
    int tolerated = Math.max(2, wanted.length() / 3);
    return candidates.stream()
        .filter(candidate -> distance(wanted, canonical(candidate)) <= tolerated)
        .min(Comparator.comparingInt(candidate -> distance(wanted, canonical(candidate))));
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
