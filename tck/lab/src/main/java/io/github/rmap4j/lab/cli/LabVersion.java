package io.github.rmap4j.lab.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Knows the version from what Maven leaves in the jar. */
final class LabVersion implements IVersionProvider {
    private static final String POM = "/META-INF/maven/io.github.rmap4j/rmap4j-lab/pom.properties";

    @Override
    public String[] getVersion() throws IOException {
        Properties pom = new Properties();
        try (InputStream in = LabVersion.class.getResourceAsStream(POM)) {
            if (in != null) {
                pom.load(in);
            }
        }
        return new String[] {"rmap4j-lab " + pom.getProperty("version", "(not packaged)")};
    }
}
