package org.lanewise.kernels;

/**
 * The sizes of a two-dimensional convolution. Images are NCHW, weights (K, C/groups, R, S).
 *
 * <pre>
 *   outputHeight = floor((height + paddingTop + paddingBottom - dilationHeight*(kernelHeight - 1) - 1) / strideHeight) + 1
 *   outputWidth  = floor((width + paddingLeft + paddingRight - dilationWidth*(kernelWidth - 1) - 1) / strideWidth) + 1
 * </pre>
 *
 * With groups, channels and filters are cut into that many ranges, and the filters of a range see the channels of theirs only:
 * filter k those from floor(k / (K/groups)) * C/groups on.
 *
 * <p>
 * {@link #builder} makes one by names:
 *
 * {@snippet :
 * Conv2dGeometry g = Conv2dGeometry.builder(8, 64, 56, 56, 128, 3, 3).withStride(2, 2).withPadding(1, 1).build();
 * }
 *
 * @param batch          images N
 * @param inChannels     channels C of the input
 * @param height         height H of the input
 * @param width          width W of the input
 * @param outChannels    channels K of the output, the number of filters
 * @param kernelHeight   height R of a filter
 * @param kernelWidth    width S of a filter
 * @param strideHeight   vertical distance of two outputs in the input
 * @param strideWidth    horizontal distance of two outputs in the input
 * @param paddingTop     rows of zeros above
 * @param paddingBottom  rows of zeros below
 * @param paddingLeft    columns of zeros on the left
 * @param paddingRight   columns of zeros on the right
 * @param dilationHeight vertical distance of two taps of a filter
 * @param dilationWidth  horizontal distance of two taps of a filter
 * @param groups         ranges of channels that see each other; divides C and K
 */
public record Conv2dGeometry(int batch, int inChannels, int height, int width, int outChannels,
        int kernelHeight, int kernelWidth, int strideHeight, int strideWidth,
        int paddingTop, int paddingBottom, int paddingLeft, int paddingRight,
        int dilationHeight, int dilationWidth, int groups) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size or padding is negative, a kernel size, stride, dilation or the groups not positive,
     *                                  the groups do not divide the channels of the input and of the output, the filter does not
     *                                  fit into the padded image, or an operand has more than 2^31 - 1 elements
     */
    public Conv2dGeometry {
        Checks.notNegative("batch", batch);
        checkGroups(groups, inChannels, outChannels);
        WindowGeometry.check("height", height, kernelHeight, strideHeight, "paddingTop", paddingTop, "paddingBottom",
                paddingBottom, dilationHeight);
        WindowGeometry.check("width", width, kernelWidth, strideWidth, "paddingLeft", paddingLeft, "paddingRight",
                paddingRight, dilationWidth);
        Checks.arraySize("input", batch, inChannels, height, width);
        Checks.arraySize("weight", outChannels, inChannels / groups, kernelHeight, kernelWidth);
        Checks.arraySize("output", batch, outChannels,
                WindowGeometry.outputSize(height, kernelHeight, strideHeight, paddingTop, paddingBottom,
                        dilationHeight),
                WindowGeometry.outputSize(width, kernelWidth, strideWidth, paddingLeft, paddingRight, dilationWidth));
    }

    static void checkGroups(int groups, int inChannels, int outChannels) {
        Checks.notNegative("inChannels", inChannels);
        Checks.notNegative("outChannels", outChannels);
        Checks.positive("groups", groups);
        divides(groups, "inChannels", inChannels);
        divides(groups, "outChannels", outChannels);
    }

    private static void divides(int groups, String name, int channels) {
        if (channels % groups != 0) {
            throw new IllegalArgumentException("groups=" + groups + " must divide " + name + "=" + channels + ", but "
                    + channels + " mod " + groups + " = " + channels % groups);
        }
    }

    /**
     * The same padding on opposite sides, and one group.
     *
     * @param batch          images N
     * @param inChannels     channels C of the input
     * @param height         height H of the input
     * @param width          width W of the input
     * @param outChannels    channels K of the output
     * @param kernelHeight   height R of a filter
     * @param kernelWidth    width S of a filter
     * @param strideHeight   vertical distance of two outputs in the input
     * @param strideWidth    horizontal distance of two outputs in the input
     * @param paddingHeight  rows of zeros above and below
     * @param paddingWidth   columns of zeros left and right
     * @param dilationHeight vertical distance of two taps of a filter
     * @param dilationWidth  horizontal distance of two taps of a filter
     */
    public Conv2dGeometry(int batch, int inChannels, int height, int width, int outChannels,
            int kernelHeight, int kernelWidth, int strideHeight, int strideWidth, int paddingHeight, int paddingWidth,
            int dilationHeight, int dilationWidth) {
        this(batch, inChannels, height, width, outChannels, kernelHeight, kernelWidth, strideHeight, strideWidth,
                paddingHeight, paddingHeight, paddingWidth, paddingWidth, dilationHeight, dilationWidth, 1);
    }

    /**
     * A square filter with the same stride and padding in both directions, no dilation and one group.
     *
     * @param batch       images
     * @param inChannels  channels of the input
     * @param height      height of the input
     * @param width       width of the input
     * @param outChannels channels of the output
     * @param kernel      height and width of a filter
     * @param stride      stride in both directions
     * @param padding     padding on all four sides
     * @return the geometry
     */
    public static Conv2dGeometry square(int batch, int inChannels, int height, int width, int outChannels,
            int kernel, int stride, int padding) {
        return new Conv2dGeometry(batch, inChannels, height, width, outChannels, kernel, kernel, stride, stride,
                padding, padding, 1, 1);
    }

    /**
     * Begins a geometry with stride 1, no padding, no dilation and one group. Nothing is checked before
     * {@link Builder#build()}, so that a filter may be larger than an image that is not padded yet.
     *
     * @param batch        images
     * @param inChannels   channels of the input
     * @param height       height of the input
     * @param width        width of the input
     * @param outChannels  channels of the output
     * @param kernelHeight height of a filter
     * @param kernelWidth  width of a filter
     * @return what the other sizes are added to
     */
    public static Builder builder(int batch, int inChannels, int height, int width, int outChannels,
            int kernelHeight, int kernelWidth) {
        return new Builder(batch, inChannels, height, width, outChannels, kernelHeight, kernelWidth);
    }

    /**
     * {@return the height of the output}
     */
    public int outputHeight() {
        return WindowGeometry.outputSize(height, kernelHeight, strideHeight, paddingTop, paddingBottom, dilationHeight);
    }

    /**
     * {@return the width of the output}
     */
    public int outputWidth() {
        return WindowGeometry.outputSize(width, kernelWidth, strideWidth, paddingLeft, paddingRight, dilationWidth);
    }

    /**
     * {@return the pixels of an output channel}
     */
    public int outputPixels() {
        return outputHeight() * outputWidth();
    }

    /**
     * {@return the taps of a filter over the channels that it sees, C/groups*R*S: the depth of the product that a convolution is}
     */
    public int taps() {
        return inChannels / groups * kernelHeight * kernelWidth;
    }

    /**
     * {@return the elements of the input, N*C*H*W}
     */
    public int inputSize() {
        return batch * inChannels * height * width;
    }

    /**
     * {@return the elements of the weights, K*C/groups*R*S}
     */
    public int weightSize() {
        return outChannels * taps();
    }

    /**
     * {@return the elements of the output}
     */
    public int outputSize() {
        return batch * outChannels * outputPixels();
    }

    /** The sizes of a geometry that is not complete yet; they may be given in any order. */
    public static final class Builder {

        private final int batch;
        private final int inChannels;
        private final int height;
        private final int width;
        private final int outChannels;
        private final int kernelHeight;
        private final int kernelWidth;
        private int strideHeight = 1;
        private int strideWidth = 1;
        private int paddingTop;
        private int paddingBottom;
        private int paddingLeft;
        private int paddingRight;
        private boolean same;
        private int dilationHeight = 1;
        private int dilationWidth = 1;
        private int groups = 1;

        private Builder(int batch, int inChannels, int height, int width, int outChannels, int kernelHeight,
                int kernelWidth) {
            this.batch = batch;
            this.inChannels = inChannels;
            this.height = height;
            this.width = width;
            this.outChannels = outChannels;
            this.kernelHeight = kernelHeight;
            this.kernelWidth = kernelWidth;
        }

        /**
         * Sets the distance of two outputs in the input.
         *
         * @param alongHeight the vertical one
         * @param alongWidth  the horizontal one
         * @return this
         */
        public Builder withStride(int alongHeight, int alongWidth) {
            strideHeight = alongHeight;
            strideWidth = alongWidth;
            return this;
        }

        /**
         * Sets the same padding on opposite sides.
         *
         * @param alongHeight rows of zeros above and below
         * @param alongWidth  columns of zeros left and right
         * @return this
         */
        public Builder withPadding(int alongHeight, int alongWidth) {
            return withPadding(alongHeight, alongHeight, alongWidth, alongWidth);
        }

        /**
         * Sets the padding of each side.
         *
         * @param top    rows of zeros above
         * @param bottom rows of zeros below
         * @param left   columns of zeros on the left
         * @param right  columns of zeros on the right
         * @return this
         */
        public Builder withPadding(int top, int bottom, int left, int right) {
            paddingTop = top;
            paddingBottom = bottom;
            paddingLeft = left;
            paddingRight = right;
            same = false;
            return this;
        }

        /**
         * Pads so that the output is as large as the input, as PyTorch's {@code padding="same"}: dilation*(kernel - 1) zeros along
         * each dimension, half of them, rounded down, above and on the left, the others below and on the right. The stride must be
         * 1.
         *
         * @return this
         */
        public Builder withSamePadding() {
            same = true;
            return this;
        }

        /**
         * Sets the distance of two taps of a filter.
         *
         * @param alongHeight the vertical one
         * @param alongWidth  the horizontal one
         * @return this
         */
        public Builder withDilation(int alongHeight, int alongWidth) {
            dilationHeight = alongHeight;
            dilationWidth = alongWidth;
            return this;
        }

        /**
         * Sets the groups.
         *
         * @param count ranges of channels that see each other
         * @return this
         */
        public Builder withGroups(int count) {
            groups = count;
            return this;
        }

        /**
         * Checks the sizes.
         *
         * @return the geometry
         * @throws IllegalArgumentException as the constructor does, and if the padding is that of equal sizes and a stride not 1
         */
        public Conv2dGeometry build() {
            if (same) {
                int vertical = WindowGeometry.samePadding("height", kernelHeight, strideHeight, dilationHeight);
                int horizontal = WindowGeometry.samePadding("width", kernelWidth, strideWidth, dilationWidth);
                return with(vertical / 2, vertical - vertical / 2, horizontal / 2, horizontal - horizontal / 2);
            }
            return with(paddingTop, paddingBottom, paddingLeft, paddingRight);
        }

        private Conv2dGeometry with(int top, int bottom, int left, int right) {
            return new Conv2dGeometry(batch, inChannels, height, width, outChannels, kernelHeight, kernelWidth,
                    strideHeight, strideWidth, top, bottom, left, right, dilationHeight, dilationWidth, groups);
        }
    }
}
