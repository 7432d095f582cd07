package io.github.rmap4j.api;

import static java.util.stream.Collectors.joining;

import java.lang.annotation.Annotation;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Writes signatures as text, close to Java, in an order that does not depend on the compiler. */
final class SignatureText {
    private static final int ACCESS = Modifier.PUBLIC | Modifier.PROTECTED;
    private static final int SHOWN = ACCESS | Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL;
    private static final String INDENT = "  ";

    private final List<String> exported;

    /** Types of {@code exported} packages are written without their package. */
    SignatureText(List<String> exported) {
        this.exported = exported;
    }

    static boolean isAccessible(Class<?> type) {
        return (type.getModifiers() & ACCESS) != 0
                && !type.isAnonymousClass()
                && !type.isLocalClass()
                && (type.getDeclaringClass() == null || isAccessible(type.getDeclaringClass()));
    }

    List<String> module(ModuleDescriptor module, boolean nullMarked) {
        List<String> lines = new ArrayList<>();
        module.exports().forEach(export -> lines.add(INDENT + "exports " + export));
        module.opens().forEach(open -> lines.add(INDENT + "opens " + open));
        module.uses().forEach(service -> lines.add(INDENT + "uses " + service));
        module.provides().forEach(service -> lines.add(INDENT + "provides " + service));
        module.requires().stream()
                .filter(required -> required.modifiers().contains(Requires.Modifier.TRANSITIVE))
                .forEach(required -> lines.add(INDENT + "requires transitive " + required.name()));
        lines.sort(null);
        lines.add(0, (nullMarked ? "@NullMarked " : "") + "module " + module.name());
        return lines;
    }

    List<String> type(Class<?> type) {
        List<String> members = new ArrayList<>();
        if (type.isEnum()) {
            // In declaration order, which compareTo follows.
            Stream.of(type.getEnumConstants()).forEach(constant -> members.add(((Enum<?>) constant).name()));
        }
        accessible(type.getDeclaredFields())
                .filter(field -> !field.isEnumConstant())
                .sorted(Comparator.comparing(Field::getName))
                .forEach(field -> members.add(field(field)));
        accessible(type.getDeclaredConstructors())
                .filter(constructor -> !isCanonical(constructor))
                .map(this::constructor)
                .sorted()
                .forEach(members::add);
        accessible(type.getDeclaredMethods())
                .filter(method -> !isImplied(method))
                .sorted(Comparator.comparing(Method::getName).thenComparing(this::method))
                .forEach(method -> members.add(method(method)));
        return Stream.concat(Stream.of(header(type)), members.stream().map(member -> INDENT + member))
                .toList();
    }

    private static <M extends Member> Stream<M> accessible(M[] members) {
        return Stream.of(members)
                .filter(member -> (member.getModifiers() & ACCESS) != 0)
                .filter(member -> !member.isSynthetic());
    }

    /** Whether a record's header, an enum's constants or {@link Object} say already that there is such a method. */
    private static boolean isImplied(Method method) {
        Class<?> owner = method.getDeclaringClass();
        String signature = method.getName()
                + Stream.of(method.getParameterTypes()).map(Class::getName).toList();
        return List.of("equals[java.lang.Object]", "hashCode[]", "toString[]").contains(signature)
                || owner.isEnum()
                        && List.of("values[]", "valueOf[java.lang.String]").contains(signature)
                || owner.isRecord()
                        && Stream.of(owner.getRecordComponents())
                                .anyMatch(component -> method.equals(component.getAccessor()));
    }

    private static boolean isCanonical(Constructor<?> constructor) {
        Class<?> owner = constructor.getDeclaringClass();
        return owner.isRecord()
                && Arrays.equals(
                        constructor.getParameterTypes(),
                        Stream.of(owner.getRecordComponents())
                                .map(RecordComponent::getType)
                                .toArray(Class<?>[]::new));
    }

    private String header(Class<?> type) {
        boolean special = type.isInterface() || type.isEnum() || type.isRecord();
        int hidden = special ? Modifier.ABSTRACT | Modifier.FINAL | Modifier.STATIC : 0;
        String components = type.isRecord()
                ? list(
                        "(",
                        type.getRecordComponents(),
                        component -> type(component.getAnnotatedType()) + " " + component.getName(),
                        ")")
                : "";
        // An enum whose constants have bodies is sealed, but not by anybody's word.
        boolean sealed = type.isSealed() && !type.isEnum();
        String permits = sealed
                ? Stream.of(type.getPermittedSubclasses())
                        .map(this::name)
                        .sorted()
                        .collect(joining(", ", " permits ", ""))
                : "";
        return declared(type)
                + modifiers(type.getModifiers() & ~hidden)
                + (sealed ? "sealed " : isNonSealed(type) ? "non-sealed " : "")
                + kind(type)
                + " "
                + name(type)
                + typeParameters(type.getTypeParameters())
                + components
                + superclass(type)
                + interfaces(type)
                + permits;
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface";
        }
        return type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    }

    private static boolean isNonSealed(Class<?> type) {
        return !Modifier.isFinal(type.getModifiers())
                && Stream.concat(Stream.ofNullable(type.getSuperclass()), Stream.of(type.getInterfaces()))
                        .anyMatch(Class::isSealed);
    }

    private String interfaces(Class<?> type) {
        return type.isAnnotation()
                ? ""
                : list(
                        type.isInterface() ? " extends " : " implements ",
                        type.getAnnotatedInterfaces(),
                        this::type,
                        "");
    }

    private String superclass(Class<?> type) {
        Class<?> superclass = type.getSuperclass();
        boolean implied = superclass == null || superclass == Object.class || type.isEnum() || type.isRecord();
        return implied ? "" : " extends " + type(type.getAnnotatedSuperclass());
    }

    private String field(Field field) {
        return declared(field) + memberModifiers(field) + type(field.getAnnotatedType()) + " " + field.getName()
                + constant(field);
    }

    /** The value of a constant: compilers copy it into the callers. */
    private static String constant(Field field) {
        boolean simple = field.getType().isPrimitive() || field.getType() == String.class;
        if (!simple || !Modifier.isStatic(field.getModifiers()) || !Modifier.isFinal(field.getModifiers())) {
            return "";
        }
        try {
            field.setAccessible(true);
            return " = " + field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private String constructor(Constructor<?> constructor) {
        return declared(constructor)
                + memberModifiers(constructor)
                + ownTypeParameters(constructor)
                + constructor.getDeclaringClass().getSimpleName()
                + parameters(constructor);
    }

    private String method(Method method) {
        return declared(method)
                + memberModifiers(method)
                + (method.isDefault() ? "default " : "")
                + ownTypeParameters(method)
                + type(method.getAnnotatedReturnType())
                + " "
                + method.getName()
                + parameters(method)
                + (method.getDefaultValue() == null ? "" : " default");
    }

    private String parameters(Executable executable) {
        AnnotatedType[] types = executable.getAnnotatedParameterTypes();
        String text = list("(", types, this::type, ")");
        if (types.length == 0) {
            text = "()";
        } else if (executable.isVarArgs()) {
            text = text.substring(0, text.length() - "[])".length()) + "...)";
        }
        return text + list(" throws ", executable.getAnnotatedExceptionTypes(), this::type, "");
    }

    private static String memberModifiers(Member member) {
        return modifiers(
                member.getModifiers() & (member.getDeclaringClass().isInterface() ? SHOWN & ~Modifier.PUBLIC : SHOWN));
    }

    private static String modifiers(int modifiers) {
        String text = Modifier.toString(modifiers & SHOWN);
        return text.isEmpty() ? "" : text + " ";
    }

    private String ownTypeParameters(Executable executable) {
        String text = typeParameters(executable.getTypeParameters());
        return text.isEmpty() ? "" : text + " ";
    }

    private String typeParameters(TypeVariable<?>[] variables) {
        return list("<", variables, variable -> declared(variable) + variable.getName() + bounds(variable), ">");
    }

    private String bounds(TypeVariable<?> variable) {
        AnnotatedType[] bounds = variable.getAnnotatedBounds();
        return isPlainObject(bounds) ? "" : Stream.of(bounds).map(this::type).collect(joining(" & ", " extends ", ""));
    }

    private static boolean isPlainObject(AnnotatedType[] bounds) {
        return bounds.length == 1 && bounds[0].getType() == Object.class && bounds[0].getAnnotations().length == 0;
    }

    /** A use of a type, with the annotations at each place inside it. */
    private String type(AnnotatedType use) {
        String annotations = declared(use);
        if (use instanceof AnnotatedArrayType array) {
            return type(array.getAnnotatedGenericComponentType())
                    + (annotations.isEmpty() ? "" : " " + annotations)
                    + "[]";
        }
        if (use instanceof AnnotatedWildcardType wildcard) {
            boolean lower = ((WildcardType) wildcard.getType()).getLowerBounds().length > 0;
            AnnotatedType[] bounds = lower ? wildcard.getAnnotatedLowerBounds() : wildcard.getAnnotatedUpperBounds();
            return annotations + "?"
                    + (isPlainObject(bounds) && !lower
                            ? ""
                            : list(lower ? " super " : " extends ", bounds, this::type, ""));
        }
        if (use instanceof AnnotatedParameterizedType parameterized) {
            Type raw = ((ParameterizedType) use.getType()).getRawType();
            return annotations
                    + name((Class<?>) raw)
                    + list("<", parameterized.getAnnotatedActualTypeArguments(), this::type, ">");
        }
        return annotations
                + (use.getType() instanceof Class<?> type
                        ? name(type)
                        : use.getType().getTypeName());
    }

    private String name(Class<?> type) {
        String name = type.getCanonicalName();
        String packageName = type.getPackageName();
        boolean known = exported.contains(packageName) || packageName.equals("java.lang") && !type.isPrimitive();
        return known ? name.substring(packageName.length() + 1) : name;
    }

    private static String declared(AnnotatedElement element) {
        return Stream.of(element.getDeclaredAnnotations())
                .map(Annotation::annotationType)
                .map(annotation -> "@" + annotation.getSimpleName() + " ")
                .sorted()
                .collect(joining());
    }

    private static <T> String list(String start, T[] elements, Function<T, String> text, String end) {
        return elements.length == 0 ? "" : Stream.of(elements).map(text).collect(joining(", ", start, end));
    }
}
