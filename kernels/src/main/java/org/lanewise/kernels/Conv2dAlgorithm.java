package org.lanewise.kernels;

/**
 * The ways to compute a convolution and its gradients. {@link #AUTO} takes the fastest one for the sizes; the others are for those who
 * want to compare, or to choose how sums are rounded.
 */
public enum Conv2dAlgorithm {

    /**
     * The fastest way for the sizes. Where that is {@link #WINOGRAD}, errors are on average those of sums tap by tap, but an infinity
     * in the input may give NaN; {@link #IMPLICIT_GEMM} avoids that.
     */
    AUTO("any sizes") {
        @Override
        public boolean fits(Conv2dGeometry geometry) {
            return true;
        }
    },

    /** A product of matrices whose panels are packed from the image. */
    IMPLICIT_GEMM("any sizes") {
        @Override
        public boolean fits(Conv2dGeometry geometry) {
            return true;
        }
    },

    /** The same for filters of 1x1, whose panels are read where the image stands. */
    POINTWISE("filters of 1x1, stride 1 and no padding") {
        @Override
        public boolean fits(Conv2dGeometry g) {
            return g.kernelHeight() == 1 && g.kernelWidth() == 1 && g.strideHeight() == 1 && g.strideWidth() == 1
                    && g.paddingTop() == 0 && g.paddingBottom() == 0 && g.paddingLeft() == 0 && g.paddingRight() == 0;
        }
    },

    /** Plane by plane, where filters see one channel each. */
    DEPTHWISE("more than one channel, and as many groups") {
        @Override
        public boolean fits(Conv2dGeometry g) {
            return g.groups() > 1 && g.groups() == g.inChannels();
        }
    },

    /**
     * Winograd's minimal filtering, F(2x2, 3x3) forward and by data and F(3x3, 2x2) by weights, with 16 multiplications for each 36.
     * The gradient by weights of images wider than 512 pixels, and of more than some 1000 channels, is summed tap by tap. Inputs
     * are added and subtracted before they are multiplied: so the error of an output is relative to the largest of the inputs that it
     * sees and not to each by its weight, an infinity among them may give NaN, and inputs beyond 8e37 may overflow.
     * {@link #AUTO} never takes it if the system property {@code lanewise.conv.winograd}
     * is {@code false}.
     *
     * @see <a href="https://arxiv.org/abs/1509.09308">Lavin, Gray: Fast Algorithms for Convolutional Neural Networks, 2015</a>
     */
    WINOGRAD("filters of 3x3, stride 1, no dilation and one group") {
        @Override
        public boolean fits(Conv2dGeometry g) {
            return g.kernelHeight() == 3 && g.kernelWidth() == 3 && g.strideHeight() == 1 && g.strideWidth() == 1
                    && g.dilationHeight() == 1 && g.dilationWidth() == 1 && g.groups() == 1;
        }
    };

    private final String needs;

    Conv2dAlgorithm(String needs) {
        this.needs = needs;
    }

    /**
     * {@return whether this way can compute a convolution of these sizes}
     *
     * @param geometry the sizes
     */
    public abstract boolean fits(Conv2dGeometry geometry);

    /** @throws IllegalArgumentException if it does not fit */
    void check(Conv2dGeometry geometry) {
        if (!fits(geometry)) {
            throw new IllegalArgumentException("algorithm=" + this + " needs " + needs + " but got " + geometry);
        }
    }
}
