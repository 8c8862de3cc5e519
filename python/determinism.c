/* Loaded into the component builder so that the same sources give the same bytes.
 *
 * The builder boots the interpreter and keeps its memory: whatever differs between two runs
 * (entropy, clocks, times and numbers of files) would end up in the image. Here it is constant.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>

#define NOW 1732603362 /* any fixed second */

ssize_t getrandom(void *out, size_t size, unsigned int flags) {
    (void)flags;
    memset(out, 0x2a, size);
    return (ssize_t)size;
}

int getentropy(void *out, size_t size) {
    memset(out, 0x2a, size);
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *out) {
    (void)clock;
    out->tv_sec = NOW;
    out->tv_nsec = 0;
    return 0;
}

time_t time(time_t *out) {
    if (out) *out = NOW;
    return NOW;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
    (void)zone;
    out->tv_sec = NOW;
    out->tv_usec = 0;
    return 0;
}

/* The newest of the calls that tell about files, and those used where it is missing. */
int statx(int dir, const char *restrict path, int flags, unsigned int mask, struct statx *restrict out) {
    static int (*real)(int, const char *, int, unsigned int, struct statx *);
    if (!real) real = (int (*)(int, const char *, int, unsigned int, struct statx *))dlsym(RTLD_NEXT, "statx");
    int code = real(dir, path, flags, mask, out);
    if (code == 0) {
        struct statx_timestamp fixed = {.tv_sec = NOW, .tv_nsec = 0};
        out->stx_atime = out->stx_btime = out->stx_ctime = out->stx_mtime = fixed;
        out->stx_ino = 1;
        out->stx_dev_major = 0;
        out->stx_dev_minor = 1;
    }
    return code;
}

static int plain(int code, struct stat64 *out) {
    if (code == 0) {
        struct timespec fixed = {.tv_sec = NOW, .tv_nsec = 0};
        out->st_atim = out->st_ctim = out->st_mtim = fixed;
        out->st_ino = 1;
        out->st_dev = 1;
    }
    return code;
}

int fstatat64(int dir, const char *restrict path, struct stat64 *restrict out, int flags) {
    static int (*real)(int, const char *, struct stat64 *, int);
    if (!real) real = (int (*)(int, const char *, struct stat64 *, int))dlsym(RTLD_NEXT, "fstatat64");
    return plain(real(dir, path, out, flags), out);
}

int fstat64(int fd, struct stat64 *out) { return fstatat64(fd, "", out, AT_EMPTY_PATH); }

int stat64(const char *restrict path, struct stat64 *restrict out) {
    return fstatat64(AT_FDCWD, path, out, 0);
}

int lstat64(const char *restrict path, struct stat64 *restrict out) {
    return fstatat64(AT_FDCWD, path, out, AT_SYMLINK_NOFOLLOW);
}

/* The names of the four above in binaries that were linked with an older C library. */
int __fxstatat64(int version, int dir, const char *path, struct stat64 *out, int flags) {
    (void)version;
    return fstatat64(dir, path, out, flags);
}

int __fxstat64(int version, int fd, struct stat64 *out) {
    (void)version;
    return fstat64(fd, out);
}

int __xstat64(int version, const char *path, struct stat64 *out) {
    (void)version;
    return stat64(path, out);
}

int __lxstat64(int version, const char *path, struct stat64 *out) {
    (void)version;
    return lstat64(path, out);
}

struct dirent64 *readdir64(DIR *dir) {
    static struct dirent64 *(*real)(DIR *);
    if (!real) real = (struct dirent64 * (*)(DIR *)) dlsym(RTLD_NEXT, "readdir64");
    struct dirent64 *entry = real(dir);
    if (entry) entry->d_ino = 1;
    return entry;
}
