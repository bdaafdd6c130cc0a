// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import org.springframework.asm.ClassWriter;
import org.springframework.asm.Opcodes;

/** Makes a class of another library appear to be present. */
final class WithClass extends ClassLoader {

  private final String name;

  WithClass(String name) {
    super(WithClass.class.getClassLoader());
    this.name = name;
  }

  @Override
  protected Class<?> findClass(String wanted) throws ClassNotFoundException {
    if (!wanted.equals(this.name)) {
      throw new ClassNotFoundException(wanted);
    }
    ClassWriter writer = new ClassWriter(0);
    String internal = wanted.replace('.', '/');
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, internal, null, "java/lang/Object", null);
    byte[] bytes = writer.toByteArray();
    return defineClass(wanted, bytes, 0, bytes.length);
  }
}
