package dev.retrykit.documentation;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles a snippet, which may be types, members of a class or statements, with the names of {@link Surroundings} in
 * scope. Where a page leaves something out it has {@code { ... }}.
 */
final class JavaCompiler {

    /** What a reader of the pages has imported. */
    private static final String IMPORTS = Stream.of(
                    "dev.retrykit",
                    "dev.retrykit.annotation",
                    "dev.retrykit.backoff",
                    "dev.retrykit.budget",
                    "dev.retrykit.circuit",
                    "dev.retrykit.event",
                    "dev.retrykit.failure",
                    "dev.retrykit.function",
                    "dev.retrykit.http",
                    "dev.retrykit.time",
                    "dev.retrykit.spring.customize",
                    "dev.retrykit.spring.registry",
                    "java.io",
                    "java.net",
                    "java.time",
                    "java.util",
                    "java.util.concurrent",
                    "java.util.concurrent.atomic",
                    "org.springframework.beans.factory.annotation",
                    "org.springframework.boot.test.context",
                    "org.springframework.context.annotation",
                    "org.springframework.http",
                    "org.springframework.jdbc.core.simple",
                    "org.springframework.stereotype",
                    "org.springframework.test.context.bean.override.mockito",
                    "org.springframework.transaction.annotation",
                    "org.springframework.web.bind.annotation",
                    "org.springframework.web.client",
                    "org.junit.jupiter.api")
            .map(name -> "import " + name + ".*;\n")
            .reduce("package dev.retrykit.documentation;\n", String::concat)
            .concat("import static org.assertj.core.api.Assertions.*;\n")
            .concat("import static org.mockito.BDDMockito.*;\n")
            .concat("import dev.retrykit.documentation.Surroundings.*;\n");

    private static final List<UnaryOperator<String>> FORMS = List.of(
            types -> types,
            members -> "abstract class Snippet extends Surroundings {\n" + members + "\n}",
            statements ->
                    "class Snippet extends Surroundings { void snippet() throws Exception {\n" + statements + "\n}}");

    private JavaCompiler() {}

    /** The compiled classes by name, or what is wrong in the form that is least wrong. */
    record Result(Map<String, byte[]> classes, List<String> errors) {

        Class<?> load(String name) {
            ClassLoader loader = new ClassLoader(Surroundings.class.getClassLoader()) {
                @Override
                protected Class<?> findClass(String wanted) throws ClassNotFoundException {
                    byte[] code = classes.get(wanted);
                    if (code == null) {
                        throw new ClassNotFoundException(wanted);
                    }
                    return defineClass(wanted, code, 0, code.length);
                }
            };
            try {
                return loader.loadClass("dev.retrykit.documentation." + name);
            } catch (ClassNotFoundException missing) {
                throw new IllegalStateException("not on the page: " + name + "; " + errors, missing);
            }
        }
    }

    static Result compile(String snippet) {
        StringBuilder imports = new StringBuilder(IMPORTS);
        StringBuilder code = new StringBuilder();
        for (String line : snippet.replaceAll("\\{ (\\.\\.\\.|…) }", "{ throw new AssertionError(); }")
                .split("\n")) {
            if (!line.startsWith("package ")) {
                (line.startsWith("import ") ? imports : code).append(line).append('\n');
            }
        }
        List<Result> results = new ArrayList<>();
        for (UnaryOperator<String> form : FORMS) {
            Result result = compileUnit(imports + form.apply(code.toString()));
            if (result.errors.isEmpty()) {
                return result;
            }
            results.add(result);
        }
        return results.stream()
                .min(Comparator.comparing(result -> result.errors.size()))
                .orElseThrow();
    }

    private static Result compileUnit(String source) {
        var compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        Map<String, ByteArrayOutputStream> classes = new HashMap<>();
        JavaFileManager files = new InMemory(compiler.getStandardFileManager(problems, Locale.ROOT, null), classes);
        List<String> options =
                List.of("-classpath", System.getProperty("java.class.path"), "-proc:none", "-parameters");
        compiler.getTask(null, files, problems, options, null, List.of(new Source(source)))
                .call();
        List<String> errors = problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(problem -> problem.getMessage(Locale.ROOT) + " in \""
                        + source.lines()
                                .skip(Math.max(0, problem.getLineNumber() - 1))
                                .findFirst()
                                .orElse("")
                                .strip() + "\"")
                .toList();
        Map<String, byte[]> code = new HashMap<>();
        classes.forEach((name, bytes) -> code.put(name, bytes.toByteArray()));
        return new Result(code, errors);
    }

    private static final class Source extends SimpleJavaFileObject {

        private final String text;

        Source(String text) {
            super(URI.create("string:///Snippet.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        /** A page may show public types. */
        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return kind == Kind.SOURCE;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {

        private final Map<String, ByteArrayOutputStream> classes;

        InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> classes) {
            super(files);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("mem:///" + className.replace('.', '/') + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    classes.put(className, bytes);
                    return bytes;
                }
            };
        }
    }
}
