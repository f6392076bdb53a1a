package dev.retrykit.documentation;

/**
 * A block of code on a page.
 *
 * @param line where it begins
 */
record Snippet(Page page, int line, String text) {

    @Override
    public String toString() {
        return page + ":" + line;
    }
}
