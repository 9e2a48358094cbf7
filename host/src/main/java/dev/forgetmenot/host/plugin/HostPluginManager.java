package dev.forgetmenot.host.plugin;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.host.plugin.PluginReport.ExtensionReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.DefaultPluginManager;
import org.pf4j.Extension;
import org.pf4j.ExtensionFactory;
import org.pf4j.JarPluginLoader;
import org.pf4j.JarPluginRepository;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDependency;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginRuntimeException;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;
import org.pf4j.SingletonExtensionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins of one command. Only jars are plugins. The classes of the host come before those of a
 * plugin, since DJL and the extension points must be the same for all. A plugin that cannot be used
 * is reported and left out; the others go on.
 *
 * <p>Not thread-safe. {@link #close} stops and unloads the plugins.
 */
public final class HostPluginManager extends DefaultPluginManager implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostPluginManager.class);

  private static final Pattern BARE = Pattern.compile("(\\d{1,9})\\.\\d+\\.\\d+");

  private final List<PluginReport> refused = new ArrayList<>();

  /** Extensions whose constructor failed, and why. */
  private final Map<Class<?>, String> unmade = new HashMap<>();

  private HostPluginManager(Path folder, String hostApiVersion) {
    super(folder);
    setSystemVersion(hostApiVersion);
    setResolveRecoveryStrategy(ResolveRecoveryStrategy.IGNORE_PLUGIN_AND_CONTINUE);
  }

  /**
   * Loads and starts the plugins of a folder. DJL's engine is started before: it finds its parts
   * through class loaders, and must find the host's.
   *
   * @param folder where the jars are; it may be missing
   * @param hostApiVersion what {@code Plugin-Requires} is checked against
   */
  public static HostPluginManager start(Path folder, String hostApiVersion) {
    EngineThread.start("cpu").close();
    HostPluginManager manager = new HostPluginManager(folder, hostApiVersion);
    if (Files.isDirectory(folder)) {
      manager.loadPlugins();
      manager.startPlugins();
      ExtensionPoints.ALL.forEach(
          manager::extensions); // what cannot be made is known before anything is reported
    }
    return manager;
  }

  /**
   * The extensions of an extension point, in the order of plugin ids; the same objects each time.
   */
  public <T> List<T> extensions(Class<T> extensionPoint) {
    return getStartedPlugins().stream()
        .sorted(Comparator.comparing(PluginWrapper::getPluginId))
        .flatMap(plugin -> getExtensions(extensionPoint, plugin.getPluginId()).stream())
        .toList();
  }

  /** The same by the ordinals of their {@link Extension} first. */
  public <T> List<T> ordered(Class<T> extensionPoint) {
    return extensions(extensionPoint).stream()
        .sorted(Comparator.comparingInt(HostPluginManager::ordinal))
        .toList();
  }

  /** The editors of an operation, {@link #ordered}; the first is the default. */
  public List<ConceptEditor> editors(ConceptEditor.Operation operation) {
    return ordered(ConceptEditor.class).stream()
        .filter(editor -> editor.operation() == operation)
        .toList();
  }

  private static int ordinal(Object extension) {
    Extension annotation = extension.getClass().getAnnotation(Extension.class);
    return annotation == null ? 0 : annotation.ordinal();
  }

  /** The editor of an operation with a name; the same name may stand for another operation too. */
  public Optional<ConceptEditor> editor(ConceptEditor.Operation operation, String name) {
    return editors(operation).stream().filter(editor -> editor.isNamed(name)).findFirst();
  }

  /** The id and version of the plugin that an extension comes from, such as {@code a@1.0.0}. */
  public String origin(Object extension) {
    PluginDescriptor descriptor =
        Objects.requireNonNull(whichPlugin(extension.getClass())).getDescriptor();
    return descriptor.getPluginId() + "@" + descriptor.getVersion();
  }

  /** What became of every jar in the folder, in the order of ids. */
  public List<PluginReport> reports() {
    List<PluginReport> reports = new ArrayList<>(refused);
    getPlugins().forEach(plugin -> reports.add(report(plugin)));
    reports.sort(Comparator.comparing(PluginReport::id).thenComparing(PluginReport::file));
    return reports;
  }

  private PluginReport report(PluginWrapper plugin) {
    boolean started = plugin.getPluginState() == PluginState.STARTED;
    List<String> broken =
        unmade.entrySet().stream()
            .filter(entry -> entry.getKey().getClassLoader() == plugin.getPluginClassLoader())
            .map(entry -> entry.getKey().getName() + " (" + entry.getValue() + ")")
            .sorted()
            .toList();
    return new PluginReport(
        plugin.getPluginPath(),
        plugin.getPluginId(),
        plugin.getDescriptor().getVersion(),
        broken.isEmpty() ? plugin.getPluginState().toString() : PluginState.FAILED.toString(),
        started ? extensions(plugin.getPluginId()) : List.of(),
        started
            ? broken.isEmpty()
                ? ""
                : "extensions whose constructor fails: " + String.join(", ", broken)
            : reason(plugin));
  }

  private List<ExtensionReport> extensions(String pluginId) {
    List<ExtensionReport> found = new ArrayList<>();
    for (Class<?> extensionPoint : ExtensionPoints.ALL) {
      for (Class<?> extension : getExtensionClasses(extensionPoint, pluginId)) {
        if (!unmade.containsKey(extension)) {
          found.add(new ExtensionReport(extension.getName(), extensionPoint.getSimpleName()));
        }
      }
    }
    return found;
  }

  private String reason(PluginWrapper plugin) {
    if (!isPluginValid(plugin)) {
      return Message.of(
          "it requires host-api %s; this is %s: get a version of the plugin that fits, or another"
              + " host",
          plugin.getDescriptor().getRequires(), getSystemVersion());
    }
    return switch (plugin.getPluginState()) {
      case DISABLED -> "disabled.txt in the plugins folder names it";
      case FAILED -> "it failed to start: " + describe(plugin.getFailedException());
      default -> "a plugin that it depends on did not start";
    };
  }

  private static String describe(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null
        ? root.getClass().getName()
        : root.getClass().getSimpleName() + ": " + root.getMessage();
  }

  @Override
  protected PluginWrapper loadPluginFromPath(Path jar) {
    Optional<String> refusal;
    try {
      refusal = PluginJarContents.refusal(jar, getSystemVersion());
    } catch (IOException e) {
      throw refuse(jar, "it is not a readable jar: " + e.getMessage(), e);
    }
    if (refusal.isPresent()) {
      throw refuse(jar, refusal.get(), null);
    }
    PluginWrapper newer = getPlugin(PluginJarContents.line(jar, "Plugin-Id"));
    if (newer != null) {
      String version = newer.getDescriptor().getVersion();
      boolean same = PluginJarContents.line(jar, "Plugin-Version").equals(version);
      throw refuse(
          jar,
          Message.of(
              "version %s of this plugin in %s%s and is used; take one of the two out",
              version, newer.getPluginPath().getFileName(), same ? " is the same" : " is newer"),
          null);
    }
    try {
      return super.loadPluginFromPath(jar);
    } catch (RuntimeException | LinkageError e) {
      throw refuse(jar, "it cannot be loaded: " + describe(e), e);
    }
  }

  private PluginRuntimeException refuse(Path jar, String reason, Throwable cause) {
    String name = String.valueOf(jar.getFileName());
    refused.add(new PluginReport(jar, name, "", "REFUSED", List.of(), reason));
    return new PluginRuntimeException(cause, "{}: {}", jar, reason);
  }

  /** Plugins whose dependencies are not there are unloaded by PF4J: kept here for the report. */
  @Override
  protected void resolvePlugins() {
    List<PluginWrapper> before = getPlugins();
    super.resolvePlugins();
    Set<PluginWrapper> after = new HashSet<>(getPlugins());
    for (PluginWrapper plugin : before) {
      if (!after.contains(plugin)) {
        List<String> needs =
            plugin.getDescriptor().getDependencies().stream()
                .map(PluginDependency::toString)
                .toList();
        refused.add(
            new PluginReport(
                plugin.getPluginPath(),
                plugin.getPluginId(),
                plugin.getDescriptor().getVersion(),
                "REFUSED",
                List.of(),
                "plugins that it depends on are not there in a version that fits: " + needs));
      }
    }
  }

  @Override
  protected PluginRepository createPluginRepository() {
    return new JarPluginRepository(getPluginsRoots()) {
      /**
       * Of two versions of a plugin the higher one comes first, whatever the dates of the files.
       */
      @Override
      public List<Path> getPluginPaths() {
        return super.getPluginPaths().stream()
            .sorted(
                Comparator.comparing((Path jar) -> PluginJarContents.line(jar, "Plugin-Id"))
                    .thenComparing(HostPluginManager.this::newerFirst)
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
      }
    };
  }

  private int newerFirst(Path one, Path other) {
    try {
      return getVersionManager()
          .compareVersions(
              PluginJarContents.line(other, "Plugin-Version"),
              PluginJarContents.line(one, "Plugin-Version"));
    } catch (RuntimeException e) {
      return 0; // not a version: said when it is loaded
    }
  }

  /** A bare version means: from this one on, up to the next that may break. */
  @Override
  protected boolean isPluginValid(PluginWrapper plugin) {
    String requires = plugin.getDescriptor().getRequires().strip();
    Matcher bare = BARE.matcher(requires);
    String constraint =
        bare.matches()
            ? ">=" + requires + " & <" + (Long.parseLong(bare.group(1)) + 1) + ".0.0"
            : requires;
    return getVersionManager().checkVersionConstraint(getSystemVersion(), constraint);
  }

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return new ManifestPluginDescriptorFinder();
  }

  @Override
  protected ExtensionFactory createExtensionFactory() {
    return new SingletonExtensionFactory(this) {
      @Override
      public <T> T create(Class<T> extension) {
        try {
          return super.create(extension);
        } catch (RuntimeException | LinkageError e) {
          unmade.put(extension, describe(e));
          throw new PluginRuntimeException(e, "{} cannot be made", extension.getName());
        }
      }
    };
  }

  @Override
  protected PluginLoader createPluginLoader() {
    return new JarPluginLoader(this) {
      @Override
      protected PluginClassLoader createPluginClassLoader(Path jar, PluginDescriptor descriptor) {
        return new PluginClassLoader(
            pluginManager,
            descriptor,
            HostPluginManager.class.getClassLoader(),
            ClassLoadingStrategy.APD);
      }
    };
  }

  /** A plugin that fails to stop does not spoil the work that is done. */
  @Override
  public void close() {
    for (PluginWrapper plugin : List.copyOf(getPlugins())) {
      try {
        unloadPlugin(plugin.getPluginId());
      } catch (RuntimeException | LinkageError e) {
        LOG.warn("plugin {} failed to stop", plugin.getPluginId(), e);
      }
    }
  }
}
