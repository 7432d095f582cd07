package io.github.rmap4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds every public signature against {@code src/api.txt}. It sees what a check of binary compatibility does not, an
 * export taken back or a changed {@code @Nullable}, and makes each change of the API a readable difference.
 */
class ApiSignaturesTest {
    private static final Path GOLDEN = Path.of("src", "api.txt");
    private static final String REFRESH = "mvn -pl api test -Dtest=ApiSignaturesTest -Dapi.refresh=true";

    @Test
    void publicSignaturesAreThoseOfTheGoldenText() throws Exception {
        List<String> actual = signatures();
        if (Boolean.getBoolean("api.refresh")) {
            Files.write(GOLDEN, actual);
            return;
        }
        assertThat(GOLDEN).as("the golden text; write it with: " + REFRESH).exists();
        List<String> golden = Files.readAllLines(GOLDEN);
        if (!actual.equals(golden)) {
            fail("The public signatures are not those of api/" + GOLDEN + ":\n" + difference(golden, actual)
                    + "If that is intended, refresh the file and commit it with the change: " + REFRESH);
        }
    }

    private static List<String> signatures() throws IOException, URISyntaxException, ClassNotFoundException {
        Path classes = Path.of(Strategies.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        ModuleDescriptor module = descriptor(classes);
        List<String> exported = module.exports().stream()
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .sorted()
                .toList();
        SignatureText text = new SignatureText(exported);
        List<String> lines = new ArrayList<>();
        lines.add("# Every public signature of the module. Written by: " + REFRESH);
        lines.add("");
        lines.addAll(text.module(module, isNullMarked(classes)));
        for (String name : exported) {
            lines.add("");
            lines.add("package " + name);
            for (Class<?> type : classesIn(classes, name)) {
                lines.add("");
                lines.addAll(text.type(type));
            }
        }
        return lines;
    }

    private static ModuleDescriptor descriptor(Path classes) throws IOException {
        try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
            return ModuleDescriptor.read(in);
        }
    }

    /** On the class path no module has annotations to ask for, but the class file names them. */
    private static boolean isNullMarked(Path classes) throws IOException {
        return Files.readString(classes.resolve("module-info.class"), StandardCharsets.ISO_8859_1)
                .contains("Lorg/jspecify/annotations/NullMarked;");
    }

    private static List<Class<?>> classesIn(Path classes, String packageName)
            throws IOException, ClassNotFoundException {
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(classes.resolve(packageName.replace('.', '/')))) {
            files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
                    .forEach(file -> names.add(file.substring(0, file.length() - ".class".length())));
        }
        List<Class<?>> found = new ArrayList<>();
        for (String name : names) {
            Class<?> type = Class.forName(packageName + '.' + name, false, ApiSignaturesTest.class.getClassLoader());
            if (SignatureText.isAccessible(type)) {
                found.add(type);
            }
        }
        return found;
    }

    /** The lines that are in one text only, each with the type it belongs to. */
    private static String difference(List<String> golden, List<String> actual) {
        List<String> removed = withOwner(golden);
        List<String> added = withOwner(actual);
        List<String> common = new ArrayList<>(removed);
        common.retainAll(added);
        removed.removeAll(common);
        added.removeAll(common);
        StringBuilder text = new StringBuilder();
        removed.forEach(line -> text.append("- ").append(line).append('\n'));
        added.forEach(line -> text.append("+ ").append(line).append('\n'));
        return text.isEmpty() ? "(the same lines in another order)\n" : text.toString();
    }

    private static List<String> withOwner(List<String> lines) {
        List<String> result = new ArrayList<>();
        String owner = "";
        for (String line : lines) {
            if (line.startsWith(" ")) {
                result.add(owner + " :: " + line.strip());
            } else {
                owner = line;
                result.add(line);
            }
        }
        return result;
    }
}
