package dev.forgetmenot.patching.trust;

import dev.forgetmenot.keys.VerificationKey;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a trust store says. Immutable: each change is another object.
 *
 * @param unsigned what is done with patches that no trusted key has signed
 * @param keys by key id
 * @param revoked when what was revoked: ids of patches, and of keys that were never trusted
 * @param pins the key that patches of a name come from, by the name
 */
public record TrustState(
    UnsignedPolicy unsigned,
    Map<String, TrustedKey> keys,
    Map<String, String> revoked,
    Map<String, Pin> pins) {

  /** What there is before the user decided anything: no key is trusted, one is warned. */
  public static final TrustState EMPTY =
      new TrustState(UnsignedPolicy.WARN, Map.of(), Map.of(), Map.of());

  /**
   * Which key the patches of a name come from.
   *
   * @param keyId of the key
   * @param since when that was decided, UTC to the second
   */
  public record Pin(String keyId, String since) {}

  /** Copies the maps, sorted. */
  public TrustState {
    keys = Collections.unmodifiableMap(new TreeMap<>(keys));
    revoked = Collections.unmodifiableMap(new TreeMap<>(revoked));
    pins = Collections.unmodifiableMap(new TreeMap<>(pins));
  }

  /** A key that is trusted now. */
  public Optional<TrustedKey> trusted(String keyId) {
    return isRevoked(keyId) ? Optional.empty() : Optional.ofNullable(keys.get(keyId));
  }

  /** All keys that were decided about, with which signatures are tried that bring none. */
  public List<VerificationKey> knownKeys() {
    return keys.values().stream().map(TrustedKey::key).toList();
  }

  /** Whether a key or a patch was revoked. */
  public boolean isRevoked(String id) {
    return revoked.containsKey(id) || (keys.containsKey(id) && keys.get(id).revoked());
  }

  /** The same with another policy. */
  public TrustState with(UnsignedPolicy policy) {
    return new TrustState(policy, keys, revoked, pins);
  }

  /**
   * The same with one more trusted key.
   *
   * @throws IllegalArgumentException if it was revoked: that is taken back by {@link #restore} only
   */
  public TrustState with(TrustedKey key) {
    String id = key.key().id();
    if (isRevoked(id)) {
      throw new IllegalArgumentException(
          "the key " + id + " was revoked; to take that back: fmn patch revoke --undo " + id);
    }
    Map<String, TrustedKey> more = new TreeMap<>(keys);
    more.put(id, key);
    return new TrustState(unsigned, more, revoked, pins);
  }

  /** The same with patches of a name bound to a key, also if they were bound to another. */
  public TrustState pin(String name, Pin pin) {
    Map<String, Pin> more = new TreeMap<>(pins);
    more.put(name, pin);
    return new TrustState(unsigned, keys, revoked, more);
  }

  /** The same with patches of a name bound to no key. */
  public TrustState unpin(String name) {
    Map<String, Pin> less = new TreeMap<>(pins);
    less.remove(name);
    return new TrustState(unsigned, keys, revoked, less);
  }

  /**
   * The same with a key or a patch revoked.
   *
   * @param id of either
   * @param when UTC to the second
   */
  public TrustState revoke(String id, String when) {
    if (keys.containsKey(id)) {
      Map<String, TrustedKey> changed = new TreeMap<>(keys);
      changed.put(id, keys.get(id).revoke());
      return new TrustState(unsigned, changed, revoked, pins);
    }
    Map<String, String> more = new TreeMap<>(revoked);
    more.putIfAbsent(id, when);
    return new TrustState(unsigned, keys, more, pins);
  }

  /** The same without a revocation; a key is then one that the user knows nothing of. */
  public TrustState restore(String id) {
    Map<String, TrustedKey> keysLeft = new TreeMap<>(keys);
    if (keys.containsKey(id) && keys.get(id).revoked()) {
      keysLeft.remove(id);
    }
    Map<String, String> revokedLeft = new TreeMap<>(revoked);
    revokedLeft.remove(id);
    return new TrustState(unsigned, keysLeft, revokedLeft, pins);
  }
}
