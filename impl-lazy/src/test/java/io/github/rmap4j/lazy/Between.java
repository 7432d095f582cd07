package io.github.rmap4j.lazy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Something that stands between two sides of an interface, and answers some calls itself. */
final class Between {
    private Between() {}

    /** A call, before it is handed on. */
    interface Call {
        /** The method's name. */
        String name();

        /** An argument. */
        Object argument(int i);

        /** Whether it is the method of a name, called with an argument of a type first. */
        default boolean is(String name, Class<?> first) {
            return name().equals(name) && first.isInstance(argument(0));
        }

        /** Hands it on, with other arguments if there are any. */
        @Nullable
        Object handOn(Object... other) throws Throwable;
    }

    /** What is done with calls. */
    @FunctionalInterface
    interface Answer {
        @Nullable
        Object to(Call call) throws Throwable;
    }

    static <T> T with(Class<T> type, @Nullable T delegate, Answer answer) {
        Object proxy = Proxy.newProxyInstance(
                Between.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answer.to(new Call() {
                    @Override
                    public String name() {
                        return method.getName();
                    }

                    @Override
                    public Object argument(int i) {
                        return arguments[i];
                    }

                    @Override
                    public @Nullable Object handOn(Object... other) throws Throwable {
                        try {
                            return method.invoke(delegate, other.length > 0 ? other : arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }
                }));
        return type.cast(proxy);
    }
}
