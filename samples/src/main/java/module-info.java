/** Small networks that train, behind one command line. */
module org.lanewise.samples {
    requires org.lanewise.layers;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires static org.jspecify;

    opens org.lanewise.samples to info.picocli;
}
