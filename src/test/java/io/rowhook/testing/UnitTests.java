package io.rowhook.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;

/**
 * Leaves out every test class that can start a PostgreSQL, if the system property {@link
 * SourceDatabase#IMAGE} is {@code none}: {@code mvn -Punit test}. A class can, if it or any class
 * it uses refers to {@link SourceDatabase}; read from the compiled classes, so there is no list or
 * tag to keep. JUnit finds this by {@code META-INF/services}.
 */
public final class UnitTests implements PostDiscoveryFilter {

  /** {@link SourceDatabase#IMAGE}, whose use would make this class one that refers to it. */
  private static final String IMAGE = "rowhook.test.postgres";

  private static final String OURS = "io/rowhook/";
  private static final String DATABASE = "io/rowhook/testing/SourceDatabase";

  private final boolean without;
  private final Map<String, Set<String>> uses = new HashMap<>();

  /** As JUnit makes it. */
  public UnitTests() {
    this("none".equals(System.getProperty(IMAGE)));
  }

  UnitTests(boolean without) {
    this.without = without;
  }

  /** Judges tests and classes; JUnit drops a test that is excluded, and a class without any. */
  @Override
  public FilterResult apply(TestDescriptor test) {
    String className = test.getSource().map(UnitTests::className).orElse("");
    return FilterResult.includedIf(!without || !needsDatabase(className));
  }

  private static String className(TestSource source) {
    return switch (source) {
      case ClassSource type -> type.getClassName();
      case MethodSource method -> method.getClassName();
      default -> "";
    };
  }

  /** True if the class, or one that it uses, refers to {@link SourceDatabase}. */
  boolean needsDatabase(String className) {
    Set<String> seen = new HashSet<>();
    Deque<String> next = new ArrayDeque<>(Set.of(className.replace('.', '/')));
    while (!next.isEmpty()) {
      String one = next.pop();
      if (one.equals(DATABASE)) {
        return true;
      }
      if (seen.add(one)) {
        next.addAll(uses.computeIfAbsent(one, UnitTests::used));
      }
    }
    return false;
  }

  /** Our own classes that this one refers to. */
  private static Set<String> used(String className) {
    Set<String> used = new HashSet<>();
    try (InputStream in =
        UnitTests.class.getClassLoader().getResourceAsStream(className + ".class")) {
      if (in != null) {
        for (PoolEntry entry : ClassFile.of().parse(in.readAllBytes()).constantPool()) {
          if (entry instanceof ClassEntry type && type.asInternalName().startsWith(OURS)) {
            used.add(type.asInternalName());
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(className, e);
    }
    return used;
  }
}
