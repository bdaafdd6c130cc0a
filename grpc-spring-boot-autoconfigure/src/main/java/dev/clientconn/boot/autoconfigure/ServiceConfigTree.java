// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.boot.autoconfigure.ServiceConfigKeys.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.util.StringUtils;

/**
 * Reads a service config from the properties below a key. The Binder cannot: property sources
 * contain lists as keys with an index, and a map of objects gives it no hint that they are lists,
 * nor which of the texts of an environment variable are booleans.
 *
 * <p>As everywhere in Boot, a list is taken from one property source, that of highest precedence;
 * other keys are overridden separately.
 */
final class ServiceConfigTree {

  private final ConfigurationPropertyName root;

  private final ConfiguredProperties properties;

  private final Node top = new Node(ServiceConfigKeys.ROOT);

  private ServiceConfigTree(ConfigurationPropertyName root, ConfiguredProperties properties) {
    this.root = root;
    this.properties = properties;
  }

  /** One value, list or object. */
  private static final class Node {

    final ServiceConfigKeys place;

    final Map<String, Node> children = new LinkedHashMap<>();

    final Map<Integer, Node> elements = new TreeMap<>();

    /** The only source of the elements. */
    @Nullable
    ConfigurationPropertySource elementsFrom;

    @Nullable
    ConfigurationProperty leaf;

    Node(ServiceConfigKeys place) {
      this.place = place;
    }
  }

  /**
   * Reads the service config below a key; null if there is none.
   *
   * @throws UnknownServiceConfigKeyException for a key that service configs do not have
   */
  static @Nullable Map<String, Object> read(
      ConfigurationPropertyName root, ConfiguredProperties properties) {
    ServiceConfigTree tree = new ServiceConfigTree(root, properties);
    properties.each(root, tree::add);
    return tree.top.children.isEmpty() ? null : tree.object(tree.top);
  }

  /** Called in the order of precedence. */
  private void add(ConfigurationPropertySource source, ConfigurationProperty property) {
    ConfigurationPropertyName name = property.getName();
    Node node = this.top;
    for (int i = this.root.getNumberOfElements(); i < name.getNumberOfElements(); i++) {
      if (node.leaf != null) {
        return;
      }
      String element = name.getElement(i, Form.ORIGINAL);
      if (node == this.top && name.isNumericIndex(i)) {
        throw new UnknownServiceConfigKeyException(property, "[" + element + "]", node.place);
      }
      if (name.isNumericIndex(i)) {
        if (node.elementsFrom == null) {
          node.elementsFrom = source;
        } else if (node.elementsFrom != source) {
          return;
        }
        ServiceConfigKeys place = node.place.element();
        node = node.elements.computeIfAbsent(Integer.valueOf(element), key -> new Node(place));
      } else {
        node = child(node, element, property);
      }
    }
    if (node.leaf == null && node.children.isEmpty() && node.elements.isEmpty()) {
      node.leaf = property;
    }
  }

  private static Node child(Node parent, String element, ConfigurationProperty property) {
    ServiceConfigKeys.Key key = parent.place.find(element);
    if (key == null) {
      throw new UnknownServiceConfigKeyException(property, element, parent.place);
    }
    return parent.children.computeIfAbsent(key.name(), name -> new Node(key.place()));
  }

  private Map<String, Object> object(Node node) {
    Map<String, Object> object = new LinkedHashMap<>();
    node.children.forEach((key, child) -> object.put(key, value(child)));
    return object;
  }

  private Object value(Node node) {
    if (node.leaf != null) {
      return scalar(node.place.kind(), this.properties.value(node.leaf));
    }
    if (!node.elements.isEmpty()) {
      List<Object> list = new ArrayList<>();
      node.elements.values().forEach(element -> list.add(value(element)));
      return list;
    }
    return object(node);
  }

  /** Reads a value: text, or what YAML has made of it. YAML's empty map and list are empty text. */
  private static Object scalar(Kind kind, Object value) {
    if (!(value instanceof CharSequence)) {
      return value;
    }
    String text = value.toString();
    return switch (kind) {
      case OBJECT -> text.isBlank() ? Map.of() : text;
      case ANY -> text.isBlank() ? Map.of() : bool(text);
      case BOOLEAN -> bool(text);
      case TEXT -> text;
      case TEXTS -> List.of(StringUtils.tokenizeToStringArray(text, ","));
    };
  }

  private static Object bool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> text;
    };
  }
}
