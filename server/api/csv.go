package api

import (
	"encoding/csv"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// csvFile is how a CSV is written.
type csvFile struct {
	name      string // of the file, without its extension
	columns   []string
	separator rune
	bom       bool // tells spreadsheets that the text is UTF-8
}

// writeCSV streams the rows that each writes. The answer begins with the first of them, so that a failure before it is
// answered like any other, and one after it can be reported only in the last line.
func (a *API) writeCSV(w http.ResponseWriter, r *http.Request, file csvFile, each func(write func(row []string) error) error) {
	out := csv.NewWriter(w)
	out.Comma = file.separator
	begun := false
	begin := func() error {
		begun = true
		header := w.Header()
		header.Set("Content-Type", "text/csv; charset=utf-8")
		header.Set("Content-Disposition", `attachment; filename="`+file.name+`.csv"`)
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		w.WriteHeader(http.StatusOK)
		if file.bom {
			if _, err := io.WriteString(w, "\ufeff"); err != nil {
				return errors.Wrap(err, "write a CSV")
			}
		}
		return errors.Wrap(out.Write(file.columns), "write a CSV")
	}
	err := each(func(row []string) error {
		if !begun {
			if err := begin(); err != nil {
				return err
			}
		}
		for i, cell := range row {
			row[i] = inert(cell)
		}
		return errors.Wrap(out.Write(row), "write a CSV")
	})
	switch {
	case err == nil && !begun:
		err = begin()
	case err != nil && !begun:
		a.fail(w, r, errors.Wrap(err, "read the rows of a CSV"))
		return
	}
	if err != nil {
		a.LogError("A CSV could not be written to its end", "file", file.name, "error", err.Error())
		last := make([]string, len(file.columns))
		last[0] = a.Localize(r, domain.T("api.csv_incomplete"))
		_ = out.Write(last) // csv.Writer keeps its error until Flush
	}
	out.Flush() // an error means that the client is gone
}

// formula is what a spreadsheet takes for the beginning of one.
const formula = "=+-@\t\r\n|%＝＋－＠"

// hidden is a formula that begins a cell for a spreadsheet that separates cells by another sign than we do.
var hidden = regexp.MustCompile("([,;\t\r\n\"] *)([" + regexp.QuoteMeta("=+@|%＝＋－＠") + `\-])`)

// inert keeps a spreadsheet from taking a cell, or a part of it, for a formula.
func inert(cell string) string {
	if !strings.ContainsAny(cell, formula) {
		return cell
	}
	cell = hidden.ReplaceAllString(cell, "$1'$2")
	if strings.IndexAny(cell, formula) == 0 {
		return "'" + cell
	}
	return cell
}
