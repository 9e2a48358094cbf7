/** Editors that forget by training: attention re-steering, ESD, concept ablation. */
package dev.forgetmenot.plugin.forget;
