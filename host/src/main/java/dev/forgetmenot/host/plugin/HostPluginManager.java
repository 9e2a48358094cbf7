package dev.forgetmenot.host.plugin;

import dev.forgetmenot.api.edit.ConceptEditor;
import dev.forgetmenot.api.model.ModelExtension;
import dev.forgetmenot.api.sampling.SamplerProvider;
import dev.forgetmenot.api.sampling.SamplingExtension;
import dev.forgetmenot.diffusion.engine.EngineThread;
import dev.forgetmenot.host.plugin.PluginReport.ExtensionReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.DefaultPluginManager;
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
 * plugin, since DJL and the doors must be the same for all. A plugin that cannot be used is
 * reported and left out; the others go on.
 *
 * <p>Not thread-safe. {@link #close} stops and unloads the plugins.
 */
public final class HostPluginManager extends DefaultPluginManager implements AutoCloseable {
  /** The doors, in the order in which reports name them. */
  private static final List<Class<?>> DOORS =
      List.of(
          ModelExtension.class,
          SamplingExtension.class,
          SamplerProvider.class,
          ConceptEditor.class);

  private static final Logger LOG = LoggerFactory.getLogger(HostPluginManager.class);

  private final List<PluginReport> refused = new ArrayList<>();

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
    }
    return manager;
  }

  /**
   * The extensions that stand in a door, in the order of plugin ids; the same objects each time.
   */
  public <T> List<T> inDoor(Class<T> door) {
    return getStartedPlugins().stream()
        .sorted(Comparator.comparing(PluginWrapper::getPluginId))
        .flatMap(plugin -> getExtensions(door, plugin.getPluginId()).stream())
        .toList();
  }

  /** The editors of an operation, in the order of {@link #inDoor}; the first is the default. */
  public List<ConceptEditor> editors(ConceptEditor.Operation operation) {
    return inDoor(ConceptEditor.class).stream()
        .filter(editor -> editor.operation() == operation)
        .toList();
  }

  /** The editor of an operation with a name; the same name may stand for another operation too. */
  public Optional<ConceptEditor> editor(ConceptEditor.Operation operation, String name) {
    return editors(operation).stream().filter(editor -> editor.name().equals(name)).findFirst();
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
    return new PluginReport(
        plugin.getPluginPath(),
        plugin.getPluginId(),
        plugin.getDescriptor().getVersion(),
        plugin.getPluginState().toString(),
        started ? extensions(plugin.getPluginId()) : List.of(),
        started ? "" : reason(plugin));
  }

  private List<ExtensionReport> extensions(String pluginId) {
    List<ExtensionReport> found = new ArrayList<>();
    for (Class<?> door : DOORS) {
      for (Class<?> extension : getExtensionClasses(door, pluginId)) {
        found.add(new ExtensionReport(extension.getName(), door.getSimpleName()));
      }
    }
    return found;
  }

  private String reason(PluginWrapper plugin) {
    if (!isPluginValid(plugin)) {
      return "it requires host-api "
          + plugin.getDescriptor().getRequires()
          + "; this is "
          + getSystemVersion()
          + ": get a version of the plugin that fits, or another host";
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
    try {
      Optional<String> refusal = PluginJarContents.refusal(jar);
      if (refusal.isPresent()) {
        throw new PluginRuntimeException(refusal.get());
      }
      return super.loadPluginFromPath(jar);
    } catch (IOException e) {
      throw refuse(jar, "it is no readable jar: " + e.getMessage(), e);
    } catch (RuntimeException | LinkageError e) {
      throw refuse(jar, e.getMessage(), e);
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
    return new JarPluginRepository(getPluginsRoots());
  }

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return new ManifestPluginDescriptorFinder();
  }

  @Override
  protected ExtensionFactory createExtensionFactory() {
    return new SingletonExtensionFactory(this);
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
