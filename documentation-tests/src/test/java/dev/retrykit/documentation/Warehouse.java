package dev.retrykit.documentation;

import java.io.IOException;

/** What the clients on the pages call. Public, since the libraries' proxies are made elsewhere. */
public interface Warehouse {

    int count(String sku) throws IOException;
}
