package dev.retrykit.spring.aspect.check;

import dev.retrykit.spring.expression.MethodNames;
import dev.retrykit.spring.expression.RetryAnnotations;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;
import org.springframework.util.ClassUtils;

/**
 * Finds self-invocations in a class file, which no proxy intercepts. Reports only certain ones: a method that may hold
 * another object of the class, such as its own proxy, is skipped.
 */
final class SelfInvocationCheck {

    private static final Log LOG = LogFactory.getLog(SelfInvocationCheck.class);

    private SelfInvocationCheck() {}

    /**
     * Warns of self-invocations of annotated methods. A caller with the same annotations needs no warning, since they
     * cover the call as a whole.
     */
    static void warn(Class<?> type, Map<Method, RetryAnnotations> annotated) {
        Map<String, Method> methods = new HashMap<>();
        annotated.keySet().forEach(method -> methods.put(signature(method), method));
        if (methods.isEmpty()) {
            return;
        }
        for (Class<?> part : parts(type)) {
            for (SelfCall call : in(part, methods.keySet())) {
                Method called = Objects.requireNonNull(methods.get(call.called()));
                Method caller = methods.get(call.caller());
                if (caller == null || !Objects.equals(annotated.get(caller), annotated.get(called))) {
                    LOG.warn(part.getSimpleName() + "." + call.callerName() + " calls "
                            + MethodNames.readable(called, type) + " on its own object. No proxy intercepts this"
                            + " self-invocation, so it is neither retried nor guarded. Call the method through another"
                            + " bean.");
                }
            }
        }
    }

    /** The class, its superclasses and its interfaces, without those of the JDK. */
    private static Set<Class<?>> parts(Class<?> type) {
        Set<Class<?>> parts = new LinkedHashSet<>();
        for (Class<?> part = type; part != null; part = part.getSuperclass()) {
            parts.add(part);
        }
        parts.addAll(ClassUtils.getAllInterfacesForClassAsSet(type));
        parts.removeIf(part -> part.getClassLoader() == null);
        return parts;
    }

    private static String signature(Method method) {
        return method.getName() + Type.getMethodDescriptor(method);
    }

    /**
     * A self-invocation.
     *
     * @param caller the calling method and its descriptor; for a call in a lambda, only the name of the enclosing
     *     method
     * @param called the called method and its descriptor
     */
    record SelfCall(String caller, String called) {

        String callerName() {
            return caller.replaceFirst("\\(.*", "");
        }
    }

    /**
     * The self-invocations in one class; empty if its class file cannot be read.
     *
     * @param methods names and descriptors of the called methods
     */
    static Set<SelfCall> in(Class<?> type, Collection<String> methods) {
        Set<SelfCall> calls = new LinkedHashSet<>();
        String file = "/" + type.getName().replace('.', '/') + ".class";
        try (InputStream bytes = type.getResourceAsStream(file)) {
            if (bytes != null) {
                new ClassReader(bytes)
                        .accept(new Calls(type, methods, calls), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
            }
        } catch (IOException | RuntimeException unreadable) {
            // One warning is lost. A class file of an unknown version is not worth failing startup for.
        }
        return calls;
    }

    private static final class Calls extends ClassVisitor {

        private final Set<String> own = new HashSet<>();
        private final Collection<String> methods;
        private final Set<SelfCall> calls;

        Calls(Class<?> type, Collection<String> methods, Set<SelfCall> calls) {
            super(SpringAsmInfo.ASM_VERSION);
            this.methods = methods;
            this.calls = calls;
            addTypes(type);
        }

        /** Adds the names by which a call may refer to the object's class. */
        private void addTypes(@Nullable Class<?> type) {
            if (type != null && type != Object.class) {
                own.add(Type.getInternalName(type));
                addTypes(type.getSuperclass());
                for (Class<?> contract : type.getInterfaces()) {
                    addTypes(contract);
                }
            }
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            boolean another = false;
            for (Type argument : Type.getArgumentTypes(descriptor)) {
                another |= isOwn(argument);
            }
            boolean passedOver = another || (access & Opcodes.ACC_BRIDGE) != 0;
            return passedOver ? null : new Body(around(name, descriptor));
        }

        /** {@code lambda$find$0} is part of any overload of {@code find}. */
        private static String around(String name, String descriptor) {
            return name.startsWith("lambda$") && name.indexOf('$', 7) > 0
                    ? name.substring(7, name.indexOf('$', 7))
                    : name + descriptor;
        }

        private boolean isOwn(Type type) {
            Type element = type.getSort() == Type.ARRAY ? type.getElementType() : type;
            return element.getSort() == Type.OBJECT && own.contains(element.getInternalName());
        }

        /** Visits one method. Its calls count only if it holds no other object of the class. */
        private final class Body extends MethodVisitor {

            private final String caller;
            private final Set<SelfCall> found = new LinkedHashSet<>();
            private boolean another;

            Body(String caller) {
                super(SpringAsmInfo.ASM_VERSION);
                this.caller = caller;
            }

            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
                boolean virtual = opcode == Opcodes.INVOKEVIRTUAL || opcode == Opcodes.INVOKEINTERFACE;
                if (virtual) {
                    note(owner, name + descriptor);
                }
                another |= isOwn(Type.getReturnType(descriptor));
            }

            /** {@code this::find} */
            @Override
            public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
                for (Object argument : arguments) {
                    if (argument instanceof Handle handle) {
                        note(handle.getOwner(), handle.getName() + handle.getDesc());
                    }
                }
            }

            @Override
            public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
                another |= isOwn(Type.getType(descriptor));
            }

            /** A cast, or the creation of an object. */
            @Override
            public void visitTypeInsn(int opcode, String type) {
                another |= opcode != Opcodes.INSTANCEOF && own.contains(type);
            }

            private void note(String owner, String called) {
                if (own.contains(owner) && methods.contains(called)) {
                    found.add(new SelfCall(caller, called));
                }
            }

            @Override
            public void visitEnd() {
                if (!another) {
                    calls.addAll(found);
                }
            }
        }
    }
}
