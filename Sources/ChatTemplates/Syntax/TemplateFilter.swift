/// The filters of Jinja that published templates use.
enum TemplateFilter: String {
  case abs, capitalize, count, d, `default`, dictsort, first, float, indent, int, items, join, last
  case length, list, lower, map, max, min, reject, rejectattr, replace, reverse, round, safe, select
  case selectattr, sort, string, sum, title, tojson, trim, unique, upper
}
