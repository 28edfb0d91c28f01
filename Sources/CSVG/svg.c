#include "svg.h"

#include <dlfcn.h>
#include <pthread.h>

// Of librsvg 2.46 and later, and of cairo, which it draws with.
typedef struct {
  double x, y, width, height;
} rectangle;

enum { RGB24 = 1, SUCCESS = 0, WRITE_ERROR = 11 };

static void *(*handle_new)(const void *data, size_t count, void **error);
static int (*render)(void *handle, void *cairo, const rectangle *viewport, void **error);
static void *(*surface_create)(int format, int width, int height);
static void (*surface_destroy)(void *surface);
static int (*surface_write)(void *surface, int (*)(void *, const void *, unsigned), void *);
static void *(*cairo_new)(void *surface);
static void (*cairo_free)(void *cairo);
static void (*set_color)(void *cairo, double red, double green, double blue);
static void (*paint)(void *cairo);
static void (*unref)(void *object);
static void (*error_free)(void *error);
static const char *problem;

static void open_once(void) {
  void *library = dlopen("librsvg-2.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    problem = "librsvg-2.so.2 was not found (librsvg2-2 on Debian and Ubuntu, librsvg2 on Fedora)";
    return;
  }
  // What librsvg needs itself is found through it.
#define LOOK_UP(function, name)                       \
  if (!(*(void **)&function = dlsym(library, name))) { \
    problem = "librsvg is older than 2.46: " name " is missing"; \
    return;                                           \
  }
  LOOK_UP(handle_new, "rsvg_handle_new_from_data")
  LOOK_UP(render, "rsvg_handle_render_document")
  LOOK_UP(surface_create, "cairo_image_surface_create")
  LOOK_UP(surface_destroy, "cairo_surface_destroy")
  LOOK_UP(surface_write, "cairo_surface_write_to_png_stream")
  LOOK_UP(cairo_new, "cairo_create")
  LOOK_UP(cairo_free, "cairo_destroy")
  LOOK_UP(set_color, "cairo_set_source_rgb")
  LOOK_UP(paint, "cairo_paint")
  LOOK_UP(unref, "g_object_unref")
  LOOK_UP(error_free, "g_error_free")
#undef LOOK_UP
}

const char *svg_open(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_once);
  return problem;
}

typedef struct {
  svg_writer write;
  void *context;
} destination;

static int pass_on(void *closure, const void *bytes, unsigned count) {
  const destination *to = closure;
  return to->write(to->context, bytes, count) ? SUCCESS : WRITE_ERROR;
}

int svg_write_png(
    const void *svg, size_t count, int width, int height, svg_writer write, void *context) {
  void *error = NULL;
  void *handle = handle_new(svg, count, &error);
  if (!handle) {
    if (error) error_free(error);
    return 0;
  }
  void *surface = surface_create(RGB24, width, height);
  void *cairo = cairo_new(surface);
  set_color(cairo, 1, 1, 1);
  paint(cairo);
  const rectangle whole = {0, 0, width, height};
  destination to = {write, context};
  int is_written =
      render(handle, cairo, &whole, &error) && surface_write(surface, pass_on, &to) == SUCCESS;
  if (error) error_free(error);
  cairo_free(cairo);
  surface_destroy(surface);
  unref(handle);
  return is_written;
}
