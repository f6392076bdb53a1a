/** What a reader of the pages has at home. */
package com.acme;
