package io.github.rmap4j.engine.account;

import io.github.rmap4j.spi.SlabObject;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;

/** Begins and ends the lives of slab objects, which only a slab may do: hence the private handles. */
final class SlabLife {
    private static final VarHandle GENERATION;
    private static final MethodHandle POISON;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(SlabObject.class, MethodHandles.lookup());
            GENERATION = lookup.findVarHandle(SlabObject.class, "generation", int.class);
            POISON = lookup.findVirtual(SlabObject.class, "poison", MethodType.methodType(void.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private SlabLife() {}

    static void born(SlabObject object) {
        int generation = object.generation();
        if ((generation & 1) != 0) {
            throw new IllegalStateException(
                    "allocated twice: " + object.getClass().getSimpleName());
        }
        GENERATION.set(object, generation + 1);
    }

    static void dead(SlabObject object) {
        int generation = object.generation();
        if ((generation & 1) == 0) {
            throw new IllegalStateException("freed twice: " + object.getClass().getSimpleName());
        }
        GENERATION.set(object, generation + 1);
    }

    static void poison(SlabObject object) {
        try {
            POISON.invokeExact(object);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
