package posting

import (
	"mime"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// MaxFilename is how long a file's name may be, in characters.
const MaxFilename = 100

// extensions are those of the types that WhatsApp sends; other files keep what their name has.
var extensions = map[string]string{
	"application/was": ".was", // a moving sticker of WhatsApp's own
	"image/jpeg":      ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif",
	"video/mp4": ".mp4", "video/3gpp": ".3gp", "video/quicktime": ".mov",
	"audio/ogg": ".ogg", "audio/opus": ".ogg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/aac": ".aac", "audio/amr": ".amr",
	"application/pdf": ".pdf", "text/plain": ".txt", "text/csv": ".csv", "application/zip": ".zip",
	"application/msword": ".doc", "application/vnd.ms-excel": ".xls", "application/vnd.ms-powerpoint": ".ppt",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   ".docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         ".xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}

// Filename returns a harmless name for a customer's file: its own name, cleaned, if it
// has one, else a name made of its kind and time. The extension is that of its type; only a
// document's own one stays. at is milliseconds since epoch.
func Filename(kind, mimeType, name string, at int64) string {
	base, _, err := mime.ParseMediaType(mimeType)
	if err != nil {
		base, _, _ = strings.Cut(mimeType, ";")
	}
	extension := extensions[strings.ToLower(strings.TrimSpace(base))]
	name = CleanFilename(name)
	own := path.Ext(name)
	if own == "." || utf8.RuneCountInString(own) > 10 || strings.ContainsFunc(own, unicode.IsSpace) {
		own = ""
	}
	switch stem := strings.TrimSuffix(name, own); {
	case name == "" || stem == "":
		name = kind + "-" + time.UnixMilli(at).UTC().Format("20060102-150405")
	default:
		name = stem
	}
	if own != "" && (kind == whatsapp.TypeDocument || extension == "") {
		extension = strings.ToLower(own)
	}
	if extension == "" {
		extension = ".bin"
	}
	return cutName(name, MaxFilename-len(extension)) + extension
}

// LinkFilename returns the name of the file that a link leads to: the last part of its
// path; "" = there is none.
func LinkFilename(link string) string {
	address, err := url.Parse(link)
	if err != nil || strings.HasSuffix(address.Path, "/") {
		return ""
	}
	escaped := address.EscapedPath()
	name, err := url.PathUnescape(escaped[strings.LastIndex(escaped, "/")+1:])
	if err != nil {
		return ""
	}
	return CleanFilename(name)
}

// CleanFilename removes what must not be in a file's name: folders, control
// characters, characters that change the writing direction, and those that file
// systems refuse. A name that is too long is cut in front of its extension.
func CleanFilename(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`+"`", r):
			return '_'
		case !unicode.IsPrint(r) && !unicode.IsSpace(r), unicode.In(r, unicode.Cf, unicode.Co):
			return -1
		}
		return r
	}, markdown.Clean(strings.ToValidUTF8(name, "")))
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	if own := path.Ext(name); utf8.RuneCountInString(name) > MaxFilename && utf8.RuneCountInString(own) <= 10 {
		return cutName(strings.TrimSuffix(name, own), MaxFilename-utf8.RuneCountInString(own)) + own
	}
	return cutName(name, MaxFilename)
}

func cutName(name string, limit int) string {
	runes := []rune(name)
	return strings.TrimRight(string(runes[:min(len(runes), limit)]), ". ")
}

// dangerous are the extensions of files that do something when they are opened:
// programs, scripts, links, pages, disks, documents with macros.
var dangerous = strings.Fields(`
	exe com scr pif msi msix msixbundle appx appxbundle application gadget cpl dll sys ocx drv bat cmd ps1 psm1 psd1 vbs vbe vb js jse mjs wsf wsh wsc hta msc msp mst
	reg inf scf lnk url website webloc desktop library-ms search-ms settingcontent-ms appref-ms theme themepack chm hlp jar jnlp
	html htm xhtml xht shtml mht mhtml svg svgz xml xsl xslt swf
	apk aab xapk ipa dmg pkg app command workflow sh bash zsh csh ksh run deb rpm flatpak snap appimage py pyw pyc pyz pl rb php
	iso img vhd vhdx docm dotm xlsm xltm xlsb xlam xla xll pptm potm ppam ppsm sldm mdb accdb accde mde ade adp one rdp ovpn mobileconfig`)

// DangerousExtension returns the extension of a file's name, with its dot, if such files can
// harm the computer of somebody who opens them; else "".
func DangerousExtension(name string) string {
	extension := strings.ToLower(path.Ext(strings.TrimRight(name, ". ")))
	if slices.Contains(dangerous, strings.TrimPrefix(extension, ".")) {
		return extension
	}
	return ""
}
