package dev.retrykit.spring.idempotency.neighbor;

import org.springframework.security.crypto.password.PasswordEncoder;

/** Compares without a hash, which would cost more than all else that a request does. */
final class PlainPasswords implements PasswordEncoder {

    @Override
    public String encode(CharSequence password) {
        return password.toString();
    }

    @Override
    public boolean matches(CharSequence password, String known) {
        return known.contentEquals(password);
    }
}
