package dev.forgetmenot.oci;

import dev.forgetmenot.files.Message;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is meant in which registry: {@code ghcr.io/team/patches:1.0}, {@code localhost:5000/a} or
 * {@code ghcr.io/team/patches@sha256:...}.
 *
 * @param registry host and port as they were named
 * @param repository path of lower-case names
 * @param tag empty where there is none
 * @param digest {@code sha256:} and hex; empty where there is none
 */
record Reference(String registry, String repository, String tag, String digest) {
  private static final String FORM = "REGISTRY/NAME[:TAG|@sha256:DIGEST]";
  private static final int LONGEST = 255;
  private static final int PORTS = 65_535;

  private static final Pattern HOST =
      Pattern.compile(
          "(\\[[0-9a-fA-F:.]{2,45}]|[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?)(:(\\d{1,5}))?");

  private static final Pattern PART = Pattern.compile("[a-z0-9]+((\\.|__?|-+)[a-z0-9]+)*");
  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

  /** The registry of Docker Hub answers under another name than it is called by. */
  private static final String HUB = "docker.io";

  private static final String HUB_HOST = "registry-1.docker.io";

  /**
   * Reads a reference.
   *
   * @throws IllegalArgumentException naming the part that does not fit and what does
   */
  static Reference parse(String text) {
    if (text.contains("://")) {
      throw refuse("'" + text + "' is an address", "leave out what stands before the registry");
    }
    int slash = text.indexOf('/');
    String registry = slash < 0 ? "" : text.substring(0, slash);
    if (registry.contains("@")) {
      // not shown: it may be a password
      throw refuse(
          "'@' stands before the first '/'", "give a user by --username and --password-stdin");
    }
    checkRegistry(text, registry);
    String rest = text.substring(slash + 1);
    int at = rest.indexOf('@');
    String digest = at < 0 ? "" : rest.substring(at + 1);
    String named = at < 0 ? rest : rest.substring(0, at);
    int colon = named.indexOf(':');
    String tag = colon < 0 ? "" : named.substring(colon + 1);
    String repository = colon < 0 ? named : named.substring(0, colon);
    checkRepository(registry, repository);
    if (colon >= 0 && !TAG.matcher(tag).matches()) {
      throw refuse(
          "the tag '" + tag + "' does not fit",
          "a tag has 1 to 128 letters, digits, '_', '.' and '-' and begins with none of '.' and '-'");
    }
    if (at >= 0 && !Descriptor.isDigest(digest)) {
      throw refuse(
          "the digest '" + digest + "' does not fit", "it is sha256: and 64 digits of 0-9a-f");
    }
    if (colon >= 0 && at >= 0) {
      throw refuse("'" + text + "' has a tag and a digest", "leave out one of them");
    }
    return new Reference(registry, repository, tag, digest);
  }

  private static void checkRegistry(String text, String registry) {
    Matcher host = HOST.matcher(registry);
    boolean registryLike =
        registry.contains(".") || registry.contains(":") || registry.equals("localhost");
    if (!registryLike) {
      throw refuse(
          "'" + text + "' does not begin with a registry",
          "such as ghcr.io/team/patches:1.0 or localhost:5000/patches:1.0");
    }
    if (!host.matches()
        || registry.contains("..")
        || (host.group(4) != null && !isPort(Integer.parseInt(host.group(4))))) {
      throw refuse(
          "the registry '" + registry + "' is no host name with or without a port",
          "such as ghcr.io, localhost:5000 or [::1]:5000");
    }
  }

  private static boolean isPort(int number) {
    return number > 0 && number <= PORTS;
  }

  private static void checkRepository(String registry, String repository) {
    boolean fits =
        registry.length() + repository.length() < LONGEST
            && List.of(repository.split("/", -1)).stream()
                .allMatch(part -> PART.matcher(part).matches());
    if (!fits) {
      throw refuse(
          "the name '" + repository + "' does not fit",
          "names are of lower-case letters and digits, with '.', '_' or '-' between them, parted by"
              + " '/', and shorter than 255 characters with the registry");
    }
  }

  private static IllegalArgumentException refuse(String fact, String remedy) {
    return new IllegalArgumentException(Message.of("%s: expected %s; %s", fact, FORM, remedy));
  }

  /** Where the registry answers. */
  Origin origin(boolean plainHttp) {
    Matcher host = HOST.matcher(registry.equals(HUB) ? HUB_HOST : registry);
    if (!host.matches()) {
      throw new IllegalStateException(registry + " was checked before");
    }
    int port = host.group(4) == null ? -1 : Integer.parseInt(host.group(4));
    Origin safe = new Origin(Origin.HTTPS, host.group(1), port);
    return plainHttp || safe.isLoopback() ? new Origin(Origin.HTTP, host.group(1), port) : safe;
  }

  /** The tag or the digest; {@code latest} where neither is named. */
  String which() {
    return !digest.isEmpty() ? digest : tag.isEmpty() ? "latest" : tag;
  }

  /** The same repository by the digest of a manifest. */
  Reference at(String manifest) {
    return new Reference(registry, repository, "", manifest);
  }

  @Override
  public String toString() {
    return registry + "/" + repository + (digest.isEmpty() ? ":" : "@") + which();
  }
}
