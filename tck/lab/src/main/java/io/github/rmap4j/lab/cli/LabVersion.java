package io.github.rmap4j.lab.cli;

import picocli.CommandLine.IVersionProvider;

/** Knows the version from the jar. */
final class LabVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = LabVersion.class.getPackage().getImplementationVersion();
        return new String[] {"rmap4j-lab " + (version != null ? version : "(not packaged)")};
    }
}
