package io.github.rmap4j.lab.scenario;

/**
 * How many objects three slabs of a phone hold.
 *
 * @param vmas vm_area_structs
 * @param chains anon_vma_chains
 * @param anonVmas anon_vmas
 */
record SlabTotals(double vmas, double chains, double anonVmas) {
    /** sizeof(struct anon_vma_chain), the same on x86-64 and arm64: three pointers, a list head and an rb_node. */
    private static final int CHAIN_BYTES = 64;

    private static final double KIB = 1024;

    /**
     * Active kilobytes of the slabs as the cover letter of ANON_VMA_LAZY has them (27 May 2026, message
     * 20260527110147.17815-1-tao.wangtao@honor.com), measured without the series.
     */
    enum Published {
        /** After boot. */
        BOOT(117_035, 18_865.8, 20_426.4),
        /** After {@link AndroidCalibration#APPS} apps were started. */
        WITH_APPS(196_873, 31_477.1, 33_280);

        private final double vmaKib;
        private final double chainKib;
        private final double anonVmaKib;

        Published(double vmaKib, double chainKib, double anonVmaKib) {
            this.vmaKib = vmaKib;
            this.chainKib = chainKib;
            this.anonVmaKib = anonVmaKib;
        }

        /** The letter tells kilobytes only; the sizes of the objects on its phone are assumptions. */
        SlabTotals totals(int vmaBytes, int anonVmaBytes) {
            return new SlabTotals(
                    vmaKib * KIB / vmaBytes, chainKib * KIB / CHAIN_BYTES, anonVmaKib * KIB / anonVmaBytes);
        }
    }

    SlabTotals minus(SlabTotals other) {
        return new SlabTotals(vmas - other.vmas, chains - other.chains, anonVmas - other.anonVmas);
    }
}
