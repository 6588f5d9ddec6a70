package posting

import (
	"path"
	"slices"
	"strings"
)

// dangerous are the extensions of files that do something when they are opened:
// programs, scripts, links, pages, disks, documents with macros.
var dangerous = strings.Fields(`
	exe com scr pif msi msix msixbundle appx appxbundle application gadget cpl dll sys ocx drv bat cmd ps1 psm1 psd1 vbs vbe vb js jse mjs wsf wsh wsc hta msc msp mst
	reg inf scf lnk url website webloc desktop library-ms search-ms settingcontent-ms appref-ms theme themepack chm hlp jar jnlp
	html htm xhtml xht shtml mht mhtml svg svgz xml xsl xslt swf
	apk aab xapk ipa dmg pkg app command workflow sh bash zsh csh ksh run deb rpm flatpak snap appimage py pyw pyc pyz pl rb php
	iso img vhd vhdx docm dotm xlsm xltm xlsb xlam xla xll pptm potm ppam ppsm sldm mdb accdb accde mde ade adp one rdp ovpn mobileconfig`)

// DangerousExtension is the extension of a file's name, with its dot, if such files can
// harm the computer of who opens them; else "".
func DangerousExtension(name string) string {
	extension := strings.ToLower(path.Ext(strings.TrimRight(name, ". ")))
	if slices.Contains(dangerous, strings.TrimPrefix(extension, ".")) {
		return extension
	}
	return ""
}
