package api

import (
	"encoding/csv"
	"net/http"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// replyColumns are the columns of quick replies as CSV, in and out.
func replyColumns() []string { return []string{"shortcut", "title", "text"} }

func (a *API) writeQuickRepliesCSV(w http.ResponseWriter, r *http.Request, filter domain.QuickReplyFilter) {
	filter.PerPage = maxPerPage
	a.writeCSV(w, r, csvFile{name: "quick-replies", columns: replyColumns(), separator: ','}, func(write func(row []string) error) error {
		for filter.Page = 0; ; filter.Page++ {
			replies, total, err := a.Service.QuickReplies(r.Context(), userID(r), filter)
			if err != nil {
				return errors.Wrap(err, "list the quick replies")
			}
			for _, kept := range replies {
				if err := write([]string{kept.Shortcut, kept.Title, kept.Text}); err != nil {
					return err
				}
			}
			if (filter.Page+1)*filter.PerPage >= total {
				return nil
			}
		}
	})
}

// importQuickReplies reads what writeQuickRepliesCSV writes, with commas or semicolons.
func (a *API) importQuickReplies(r *http.Request) (reply, error) {
	f, err := readForm(r, false)
	if err != nil {
		return reply{}, err
	}
	whose := f.quickReplyOf(userID(r))
	var text string
	f.multiline("csv", &text, maxBody, true)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	replies, err := readQuickReplies(text, *whose)
	if err != nil {
		return reply{}, err
	}
	added, changed, err := a.Service.ImportQuickReplies(r.Context(), userID(r), replies)
	if err != nil {
		return reply{}, errors.Wrap(err, "import quick replies")
	}
	return ok(map[string]int{"added": added, "changed": changed})
}

func readQuickReplies(text string, whose domain.QuickReply) ([]*domain.QuickReply, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	read := csv.NewReader(strings.NewReader(text))
	if first, _, _ := strings.Cut(text, "\n"); strings.Count(first, ";") > strings.Count(first, ",") {
		read.Comma = ';'
	}
	read.FieldsPerRecord = -1
	rows, err := read.ReadAll()
	if err != nil {
		return nil, invalid("csv", domain.T("api.field_csv"))
	}
	var replies []*domain.QuickReply
	for i, row := range rows {
		if i == 0 && strings.EqualFold(strings.TrimSpace(row[0]), replyColumns()[0]) {
			continue
		}
		if len(row) != len(replyColumns()) {
			return nil, invalid("csv", domain.T("api.field_csv"))
		}
		kept := whose
		kept.Shortcut, kept.Title, kept.Text = row[0], readCell(row[1]), readCell(row[2])
		replies = append(replies, &kept)
	}
	if len(replies) == 0 {
		return nil, invalid("csv", required())
	}
	return replies, nil
}

// readCell takes off the quote that keeps a spreadsheet from taking a cell for a formula.
func readCell(cell string) string {
	if inner, quoted := strings.CutPrefix(cell, "'"); quoted && strings.IndexAny(inner, formula) == 0 {
		return inner
	}
	return cell
}
