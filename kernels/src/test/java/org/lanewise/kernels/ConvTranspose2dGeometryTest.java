package org.lanewise.kernels;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ConvTranspose2dGeometryTest {

    /** Expected: what PyTorch's ConvTranspose2d gives. */
    @ParameterizedTest
    @CsvSource({"7, 3, 1, 0, 0, 1, 9", "7, 3, 2, 1, 1, 1, 14", "7, 4, 2, 1, 0, 1, 14", "5, 3, 1, 2, 1, 2, 6",
        "1, 1, 3, 0, 2, 1, 3", "4, 2, 5, 0, 4, 1, 21", "4, 3, 1, 2, 2, 3, 8"})
    void outputSizeIsPyTorchs(int in, int kernel, int stride, int padding, int outputPadding, int dilation, int out) {
        ConvTranspose2dGeometry t = geometry(in, kernel, stride, padding, outputPadding, dilation, 2);
        assertThat(t.outputHeight()).isEqualTo(out);
        assertThat(t.outputWidth()).isEqualTo(out);
        Conv2dGeometry g = t.convolution();
        assertThat(g.outputHeight()).isEqualTo(in);
        assertThat(g.outputWidth()).isEqualTo(in);
        assertThat(g.height()).isEqualTo(out);
        assertThat(g.inChannels()).isEqualTo(t.outChannels());
        assertThat(g.outChannels()).isEqualTo(t.inChannels());
        assertThat(g.weightSize()).isEqualTo(6 * 4 / 2 * kernel * kernel);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 | 3 | 1 |  0 | 0 | 1 | 1 | height=0 must be positive
            4 | 3 | 1 |  0 | 1 | 1 | 1 | outputPadding along height=1 must be below stride or dilation, max(1, 1)
            4 | 3 | 1 |  0 | 2 | 3 | 1 | outputPadding along height=2 must be below stride + padding = 1 + 0
            4 | 3 | 2 | -1 | 0 | 1 | 1 | padding along height=-1 must not be negative
            4 | 3 | 2 | 0 | -1 | 1 | 1 | outputPadding along height=-1 must not be negative
            4 | 3 | 2 | 0 | 0 | 1 | 4 | groups=4 must divide inChannels=6, but 6 mod 4 = 2
            """)
    void refusesSizes(int in, int kernel, int stride, int padding, int outputPadding, int dilation, int groups,
            String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> geometry(in, kernel, stride, padding, outputPadding, dilation, groups))
                .withMessage(message);
    }

    @Test
    void refusesToCutOffAllWithTheFormula() {
        assertThatIllegalArgumentException().isThrownBy(() -> geometry(2, 3, 2, 3, 1, 1, 1)).withMessage(
                "the output has no height: (height - 1)*stride - 2*padding + dilation*(kernel - 1) + outputPadding + 1"
                        + " = (2 - 1)*2 - 2*3 + 1*(3 - 1) + 1 + 1 = 0 must be positive and below 2^31");
    }

    private static ConvTranspose2dGeometry geometry(int in, int kernel, int stride, int padding, int outputPadding,
            int dilation, int groups) {
        return new ConvTranspose2dGeometry(3, 6, in, in, 4, kernel, kernel, stride, stride, padding, padding,
                outputPadding, outputPadding, dilation, dilation, groups);
    }
}
