package io.rowhook.capture.connection;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Stands in for objects of interfaces that Debezium or the driver makes. Stateless. */
public final class Proxies {

  /** Runs a method of an interface. */
  public interface Call {

    /**
     * Runs it.
     *
     * @param arguments none: empty
     */
    @Nullable Object run(Method method, Object[] arguments) throws Throwable;
  }

  private Proxies() {}

  /** An object of an interface, all of whose methods go through one. */
  public static <T> T create(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                call.run(method, arguments == null ? new Object[0] : arguments)));
  }

  /** Calls the method of the object that is stood in for; throws what it throws. */
  static @Nullable public Object call(Object target, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
