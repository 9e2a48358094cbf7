/** A plugin of a third party: an editor and a sampler, compiled against host-api alone. */
package org.example.fmn;
