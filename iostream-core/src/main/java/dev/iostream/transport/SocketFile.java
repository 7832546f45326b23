package dev.iostream.transport;

import dev.iostream.event.Errno;
import dev.iostream.loop.IOLoop;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file by which a Unix-domain socket is found. The system makes it when the socket is bound and leaves it behind, so
 * one that a dead process left is removed before, and this one with its listener, if it still is the same.
 */
final class SocketFile {
    private static final Logger LOG = System.getLogger(SocketFile.class.getName());

    /** What {@code sockaddr_un} holds beside the terminating zero. */
    private static final int LONGEST =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? 103 : 107;

    private static final String MODE = "unix:mode";
    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;
    private static final int WRITABLE_TO_ALL = 0002;
    private static final int STICKY = 01000;

    private final Path path;
    private final @Nullable Object key;

    private SocketFile(Path path) throws IOException {
        this.path = path;
        this.key = attributes(path).fileKey();
    }

    /** An acceptor at {@code address}, paused. */
    static Acceptor listen(
            SelectorProvider provider, UnixDomainSocketAddress address, ListenOptions options, IOLoop loop, Slots slots)
            throws IOException {
        Path path = address.getPath();
        requireFitting(path);
        warnOfOpenDirectory(path);
        removeStale(provider, path);
        ServerSocketChannel channel = provider.openServerSocketChannel(StandardProtocolFamily.UNIX);
        SocketFile file = null;
        try {
            channel.configureBlocking(false);
            options.transport().applyToListener(channel);
            channel.bind(address, options.backlog());
            file = new SocketFile(path);
            file.restrict(options.fileMode());
            closeWaiting(channel);
            return NioAcceptor.start(channel, file, options, loop, slots);
        } catch (IOException | RuntimeException e) {
            if (file != null) {
                file.remove();
            }
            channel.close();
            throw e;
        }
    }

    private static void requireFitting(Path path) throws BindException {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > LONGEST) {
            throw new BindException("The path of a Unix-domain socket must have 1 to " + LONGEST + " bytes, had "
                    + length + ": '" + path + "'; choose a shorter directory");
        }
    }

    // ---- what was there before

    private static void removeStale(SelectorProvider provider, Path path) throws IOException {
        BasicFileAttributes found;
        try {
            found = attributes(path);
        } catch (NoSuchFileException e) {
            return;
        }
        if (!isSocket(path, found)) {
            throw new BindException("There is a " + kind(found) + " at " + path
                    + " which is no socket, so it is not removed; remove it or choose another path");
        }
        requireDead(provider, path);
        // another that starts at the same moment may have put its own there
        if (isThere(path, found.fileKey())) {
            Files.deleteIfExists(path);
        }
    }

    private static void requireDead(SelectorProvider provider, Path path) throws IOException {
        try (SocketChannel probe = provider.openSocketChannel(StandardProtocolFamily.UNIX)) {
            // not to wait for room in the backlog of one that lives
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            int errno = Errno.of(e);
            if (errno == Errno.ECONNREFUSED || errno == Errno.ENOENT) {
                return;
            }
            var unclear = new BindException("Address already in use: there is a socket at " + path
                    + ", and whether somebody listens there is not to be told (" + e.getMessage() + ")");
            unclear.initCause(e);
            throw unclear;
        }
        throw new BindException("Address already in use: somebody listens at " + path);
    }

    private static boolean isSocket(Path path, BasicFileAttributes attributes) throws IOException {
        if (!attributes.isOther()) {
            return false;
        }
        return !hasMode(path)
                || (Files.getAttribute(path, MODE, LinkOption.NOFOLLOW_LINKS) instanceof Integer mode
                        && (mode & FILE_TYPE) == SOCKET);
    }

    private static boolean hasMode(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /** Not refused: volumes that containers share are like this, and nobody else may reach them. */
    private static void warnOfOpenDirectory(Path path) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null || !hasMode(directory) || !Files.isDirectory(directory)) {
            return;
        }
        if (Files.getAttribute(directory, MODE) instanceof Integer mode
                && (mode & (WRITABLE_TO_ALL | STICKY)) == WRITABLE_TO_ALL) {
            LOG.log(
                    Level.WARNING,
                    "Every user of this machine may put another socket in the place of " + path + ", since " + directory
                            + " is writable to all; take a directory that is the owner's alone");
        }
    }

    private static String kind(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            return "symbolic link";
        }
        return attributes.isDirectory() ? "directory" : attributes.isRegularFile() ? "file" : "special file";
    }

    // ---- this one

    private void restrict(Set<PosixFilePermission> mode) throws IOException {
        var view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (view != null) {
            view.setPermissions(mode);
        }
    }

    /** Closes connections that were made before the mode was set, which may have been wider until then. */
    private static void closeWaiting(ServerSocketChannel channel) throws IOException {
        for (SocketChannel early = channel.accept(); early != null; early = channel.accept()) {
            early.close();
        }
    }

    /** Removes the file, unless it has become another. */
    void remove() {
        try {
            if (isThere(path, key)) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Could not remove the socket " + path + ": " + e);
        }
    }

    private static boolean isThere(Path path, @Nullable Object key) throws IOException {
        try {
            return Objects.equals(key, attributes(path).fileKey());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
