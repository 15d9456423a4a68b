package letter

import (
	"bytes"
	"fmt"
	"html/template"
)

// page is a paper that needs nothing beside itself: no script, no other file.
var page = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="{{.Language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
body{max-width:42rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff;font:1rem/1.5 "Public Sans","Noto Sans TC",system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}p{white-space:pre-line}
dl{margin:0}dt{color:#565c65;font-size:.9rem}dd{margin:0 0 .5rem;white-space:pre-line}
table{border-collapse:collapse;width:100%}th,td{border-top:1px solid #a9aeb1;padding:.3rem;text-align:left;vertical-align:top}.r{text-align:right}
footer{margin-top:2rem;border-top:1px solid #a9aeb1;color:#565c65;font-size:.8rem}
</style>
</head>
<body>
<h1>{{.Title}}</h1>
{{with .Lead}}<p>{{.}}</p>
{{end}}{{range .Sections}}<section>
{{with .Title}}<h2>{{.}}</h2>
{{end}}{{range .Text}}<p>{{.}}</p>
{{end}}{{with .Facts}}<dl>
{{range .}}<dt>{{.Name}}</dt><dd>{{.Value}}</dd>
{{end}}</dl>
{{end}}{{with .Table}}{{$columns := .Columns}}<table>
<thead><tr>{{range .Columns}}<th scope="col"{{if .Right}} class="r"{{end}}>{{.Name}}</th>{{end}}</tr></thead>
<tbody>{{range .Rows}}<tr>{{range $i, $cell := .}}<td{{if (index $columns $i).Right}} class="r"{{end}}>{{$cell}}</td>{{end}}</tr>{{end}}</tbody>
</table>
{{end}}</section>
{{end}}{{with .Foot}}<footer><p>{{.}}</p></footer>
{{end}}</body>
</html>
`))

// HTML writes p as a page that can be kept as one file.
func HTML(p *Paper) ([]byte, error) {
	var out bytes.Buffer
	if err := page.Execute(&out, p); err != nil {
		return nil, fmt.Errorf("letter: write %q: %w", p.Title, err)
	}
	return out.Bytes(), nil
}
