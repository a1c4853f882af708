package org.lanewise.kernels.vector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class CacheSizesTest {

    @TempDir
    Path caches;

    @Test
    void readsWhatLinuxWrites() throws IOException {
        cache("index0", "1", "Data", "48K");
        cache("index1", "2", "Instruction", "1K");
        cache("index2", "2", "Unified", "2M");
        assertThat(CacheSizes.read(caches, 1, 7)).isEqualTo(48 * 1024);
        assertThat(CacheSizes.read(caches, 2, 7)).isEqualTo(2 * 1024 * 1024);
    }

    @Test
    void guessesWhatItCannotRead() throws IOException {
        cache("index0", "2", "Unified", "many");
        assertThat(CacheSizes.read(caches, 2, 7)).isEqualTo(7);
        assertThat(CacheSizes.read(caches, 3, 7)).isEqualTo(7);
        assertThat(CacheSizes.read(caches.resolve("none"), 2, 7)).isEqualTo(7);
    }

    private void cache(String index, String level, String type, String size) throws IOException {
        Path folder = Files.createDirectory(caches.resolve(index));
        Files.writeString(folder.resolve("level"), level + "\n");
        Files.writeString(folder.resolve("type"), type + "\n");
        Files.writeString(folder.resolve("size"), size + "\n");
    }
}
