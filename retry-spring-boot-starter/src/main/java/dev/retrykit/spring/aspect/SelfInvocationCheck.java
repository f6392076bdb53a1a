package dev.retrykit.spring.aspect;

import dev.retrykit.spring.expression.MethodNames;
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
 * Finds where a class calls methods of its own object, which no proxy sees: in its class file. What is found is certain: a
 * method that gets hold of some other object of the class, such as its own proxy, is passed over.
 */
final class SelfInvocationCheck {

    private static final Log LOG = LogFactory.getLog(SelfInvocationCheck.class);

    private SelfInvocationCheck() {}

    /**
     * Warns of each annotated method that is called so. A caller with the very same annotations is retried and guarded by
     * them as a whole, and needs no warning.
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
                            + MethodNames.readable(called, type) + " on its own object: no proxy sees that call, so it"
                            + " isn't retried or guarded. Call it through another bean.");
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
     * A call of a method of the same object.
     *
     * @param caller the calling method and its descriptor; of what a lambda calls, the name of the method around it
     * @param called the method that is called and its descriptor
     */
    record SelfCall(String caller, String called) {

        String callerName() {
            return caller.replaceFirst("\\(.*", "");
        }
    }

    /**
     * The calls in one class; none if its class file can't be read.
     *
     * @param methods names and descriptors of the methods whose calls are looked for
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
            // a warning less; what isn't a class file of a known version was made by somebody who knows what he does
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

        /** The object's class under all names that a call may know it by. */
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

        /** {@code lambda$find$0} is part of {@code find}, whichever of that name. */
        private static String around(String name, String descriptor) {
            return name.startsWith("lambda$") && name.indexOf('$', 7) > 0
                    ? name.substring(7, name.indexOf('$', 7))
                    : name + descriptor;
        }

        private boolean isOwn(Type type) {
            Type element = type.getSort() == Type.ARRAY ? type.getElementType() : type;
            return element.getSort() == Type.OBJECT && own.contains(element.getInternalName());
        }

        /** One method. Its calls count only once it is known that it has no other object of the class in its hands. */
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

            /** A cast, or an object that is made here. */
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
