#include "CKernels.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>

// One thread pool for everything: the OpenMP runtime that oneDNN uses too, so that its threads and ours never
// spin against each other. It is found at run time; nothing is linked.
static void (*gomp_parallel)(void (*)(void *), void *, unsigned, unsigned);
static int (*omp_thread_num)(void);
static void (*omp_set_threads)(int);

void ck_parallel_open(void) {
  if (!dlsym(RTLD_DEFAULT, "GOMP_parallel")) dlopen("libgomp.so.1", RTLD_NOW | RTLD_GLOBAL);
  *(void **)&omp_thread_num = dlsym(RTLD_DEFAULT, "omp_get_thread_num");
  *(void **)&omp_set_threads = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (omp_thread_num && omp_set_threads)
    *(void **)&gomp_parallel = dlsym(RTLD_DEFAULT, "GOMP_parallel");
}

int ck_has_room_for_threads(int threads) {
  pthread_attr_t attributes;
  size_t stack = 0;
  if (threads < 2 || pthread_attr_init(&attributes)) return 1;
  pthread_attr_getstacksize(&attributes, &stack);
  pthread_attr_destroy(&attributes);
  size_t bytes = (stack + 65536) * (size_t)(threads - 1);
  void *room = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return 0;
  munmap(room, bytes);
  return 1;
}

// Kernels of oneDNN use the stack pointer as an ordinary register at times, so a signal handler on their thread
// would write its frame anywhere. Signals that a fault of the thread itself raises have to stay: they cannot wait.
sigset_t ck_block_signals(void) {
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
  sigset_t set, before;
  sigfillset(&set);
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&set, faults[i]);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  return before;
}

void ck_restore_signals(sigset_t before) { pthread_sigmask(SIG_SETMASK, &before, NULL); }

typedef struct {
  ck_task task;
  void *context;
  long count, next;
} loop;

static void work(void *data) {
  loop *l = data;
  int worker = omp_thread_num();
  // The threads of the pool hear no signal from their first task on. Thread 0 is the caller's.
  static _Thread_local int hears_none;
  if (worker > 0 && !hears_none) {
    ck_block_signals();
    hears_none = 1;
  }
  for (long i; (i = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED)) < l->count;)
    l->task(l->context, i, worker);
}

void ck_parallel(long count, int threads, ck_task task, void *context) {
  if (!gomp_parallel) threads = 1;
  // A product inside a task stays on the task's thread: oneDNN sees that it is in a parallel region, or,
  // when there is none, that it may use one thread. So its result cannot depend on the thread count.
  if (omp_set_threads) omp_set_threads(1);
  if (threads > 1 && count > 1) {
    loop l = {task, context, count, 0};
    gomp_parallel(work, &l, (unsigned)(count < threads ? count : threads), 0);
  } else {
    for (long i = 0; i < count; i++) task(context, i, 0);
  }
}
