package dev.retrykit.spring.aspect;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;
import org.springframework.core.KotlinDetector;

/**
 * Detects the overloads that {@code @JvmOverloads} generates for a Kotlin function with default arguments. They are
 * final, have the function's annotations, and call the function, which a proxy intercepts.
 */
final class KotlinOverloads {

    private KotlinOverloads() {}

    /** Whether the compiler has generated a method for a function with default arguments. */
    static boolean isGenerated(Method method) {
        Class<?> type = method.getDeclaringClass();
        return Modifier.isFinal(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && KotlinDetector.isKotlinType(type)
                && hasDefaults(method, type)
                && callsWithDefaults(method, type);
    }

    private static boolean hasDefaults(Method method, Class<?> type) {
        for (Method each : type.getDeclaredMethods()) {
            if (each.isSynthetic() && each.getName().equals(defaults(method))) {
                return true;
            }
        }
        return false;
    }

    private static String defaults(Method method) {
        return method.getName() + "$default";
    }

    /** Reads the class file; false if it cannot be read. */
    private static boolean callsWithDefaults(Method method, Class<?> type) {
        Calls calls = new Calls(method);
        String file = "/" + type.getName().replace('.', '/') + ".class";
        try (InputStream bytes = type.getResourceAsStream(file)) {
            if (bytes != null) {
                new ClassReader(bytes).accept(calls, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
            }
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
        return calls.found;
    }

    private static final class Calls extends ClassVisitor {

        private final Method method;
        private boolean found;

        Calls(Method method) {
            super(SpringAsmInfo.ASM_VERSION);
            this.method = method;
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            boolean wanted = name.equals(method.getName()) && descriptor.equals(Type.getMethodDescriptor(method));
            return wanted ? new Body() : null;
        }

        private final class Body extends MethodVisitor {

            Body() {
                super(SpringAsmInfo.ASM_VERSION);
            }

            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
                found |= opcode == Opcodes.INVOKESTATIC
                        && name.equals(defaults(method))
                        && owner.equals(Type.getInternalName(method.getDeclaringClass()));
            }
        }
    }
}
