/**
 * Getting in and out: files of other tools become patches, patches become files of other tools, two
 * models become a patch, a model and patches become a model. From files alone, without an engine.
 */
package dev.forgetmenot.host.interop;
