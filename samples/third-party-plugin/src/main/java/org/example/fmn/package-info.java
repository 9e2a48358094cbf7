/** A plugin of somebody else: an editor and a sampler, compiled against host-api alone. */
package org.example.fmn;
