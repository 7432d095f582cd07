package io.github.rmap4j.lazy;

/**
 * What a folio names as its owner ({@code folio->mapping}), and so where a walk begins (anon_rmap_t of the series: one
 * word whose lowest bits tell the two apart).
 */
sealed interface AnonRmap permits AnonVma, RootVma {}
