package dev.retrykit.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The links of a page to files and headings. Links to other sites aren't followed: a build depends on none of them. */
final class Links {

    private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern SITE = Pattern.compile("(https?|mailto):.*");

    private Links() {}

    /** What is wrong with them, with the page. */
    static List<String> broken(Page page) {
        List<String> broken = new ArrayList<>();
        Matcher links = LINK.matcher(page.prose());
        while (links.find()) {
            String link = links.group(1);
            if (!SITE.matcher(link).matches()) {
                String problem = problem(page, link);
                if (!problem.isEmpty()) {
                    broken.add(page + ": " + link + ": " + problem);
                }
            }
        }
        return broken;
    }

    private static String problem(Page page, String link) {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty()
                ? page.path()
                : Page.ROOT.relativize(
                        Page.ROOT.resolve(page.path()).resolveSibling(file).normalize());
        if (!file.isEmpty() && (target.startsWith("..") || !Files.exists(Page.ROOT.resolve(target)))) {
            return "there is no such file";
        }
        if (hash < 0) {
            return "";
        }
        Set<String> anchors = anchors(file.isEmpty() ? page : Page.of(target.toString()));
        return anchors.contains(link.substring(hash + 1)) ? "" : "there is no such heading among " + anchors;
    }

    /** As GitHub makes them of headings. */
    private static Set<String> anchors(Page page) {
        Set<String> anchors = new HashSet<>();
        for (String line : page.text().replaceAll("(?ms)^ *```.*?^ *```", "").split("\n")) {
            if (line.matches("#{1,6} .*")) {
                String words = line.replaceFirst("#+ ", "").replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1");
                anchors.add(words.strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'));
            }
        }
        return anchors;
    }
}
