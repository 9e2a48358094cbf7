package dev.forgetmenot.host.cli.patch;

import dev.forgetmenot.patching.trust.TrustState;
import java.util.ArrayList;
import java.util.List;

/**
 * A trust store for people.
 *
 * @param records what it says
 */
record TrustReport(TrustState records) {
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        SignatureReport.line("policy", records.unsigned().word() + " patches of unknown signers"));
    records
        .keys()
        .forEach(
            (id, key) ->
                lines.add(
                    SignatureReport.line(
                        key.revoked() ? "revoked" : "trusted",
                        id + "  " + key.label() + ", since " + key.added())));
    records
        .revoked()
        .forEach(
            (id, since) -> lines.add(SignatureReport.line("revoked", id + "  since " + since)));
    records
        .pins()
        .forEach(
            (name, pin) ->
                lines.add(
                    SignatureReport.line(
                        "bound", name + " to " + pin.keyId() + ", since " + pin.since())));
    if (records.keys().isEmpty()) {
      lines.add("no key is trusted: fmn patch trust KEY|FILE");
    }
    return lines;
  }
}
