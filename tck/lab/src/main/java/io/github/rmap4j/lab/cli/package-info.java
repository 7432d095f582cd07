/** The command line. */
package io.github.rmap4j.lab.cli;
