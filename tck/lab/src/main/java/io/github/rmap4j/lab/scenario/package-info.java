/** Workloads that are generated: a registry, and one class for each that there is to choose. */
package io.github.rmap4j.lab.scenario;
