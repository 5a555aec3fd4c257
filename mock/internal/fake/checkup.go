package fake

import "strconv"

// Hospital is an invented check-up centre (体检机构).
type Hospital struct {
	// Code is the institution code, 6 digits without a leading zero.
	Code string
	// Number is Code as a whole number, for vendors that count in numbers.
	Number int64
	// Name ends in 体检中心, for example 宁波澄溪医院体检中心.
	Name string
}

// Hospital returns the hospital of this key.
func (s Source) Hospital() Hospital {
	number := int64(s.Sub("code").Between(200000, 999999))
	return Hospital{
		Code:   strconv.FormatInt(number, 10),
		Number: number,
		Name:   string(s.appendHospital(nil)),
	}
}

var (
	hospitalNames = []string{"澄溪", "望岚", "云栖里", "沐和", "青禾", "松鹤", "明澈", "瑞泽", "同舟", "杏林湾", "安澜", "栖霞岭"}
	hospitalKinds = []string{"医院体检中心", "康复医院体检中心", "中医院体检中心", "综合医院健康体检中心"}
)

// appendHospital appends the name of the hospital of this key.
func (s Source) appendHospital(dst []byte) []byte {
	place := s.Sub("city").region().city
	dst = append(append(dst, place[:len(place)-len("市")]...), s.Sub("name").Pick(hospitalNames)...)
	return append(dst, s.Sub("kind").Pick(hospitalKinds)...)
}

// Item is one examination of the catalogue (检查项目).
type Item struct {
	// ID is the item's code, 4 digits.
	ID string
	// Name holds no comma: vendors join names with commas (Z-54).
	Name string
	// Fee is the price in fen, a hundredth of a yuan.
	Fee int64
}

// Package is a check-up package (体检套餐).
type Package struct {
	// ID is the package's code, for example TC03M.
	ID string
	// Name says whom the package is for: 男士, 女士, 已婚女士 or 孕期.
	Name string
	// Sex is the sex the package is restricted to.
	Sex Sex
	// Fee is the sum of the items' fees in fen.
	Fee int64
	// Items are the examinations, in the order of the catalogue.
	Items []Item
}

// CheckUp is what one person has reserved.
type CheckUp struct {
	// Package fits the person: sex, marriage, pregnancy.
	Package Package
	// AddOns are up to 4 further items (加项) that fit the person as well and
	// are not in the package.
	AddOns []Item
	// Fee is the package's fee plus those of the add-ons, in fen.
	Fee int64
}

// AddOnIDs lists the codes of the add-ons.
func (c CheckUp) AddOnIDs() []string {
	ids := make([]string, len(c.AddOns))
	for i, item := range c.AddOns {
		ids[i] = item.ID
	}
	return ids
}

// AddOnNames lists the names of the add-ons, in the order of AddOnIDs.
func (c CheckUp) AddOnNames() []string {
	names := make([]string, len(c.AddOns))
	for i, item := range c.AddOns {
		names[i] = item.Name
	}
	return names
}

const mostAddOns = 4

// CheckUp returns the check-up that a person has reserved. The package depends
// on this key and on whom it must fit, on nothing else of the person.
func (s Source) CheckUp(p Person) CheckUp {
	who := clienteleOf(p)
	level := s.Sub("package").Between(1, len(levelNames))
	c := CheckUp{Package: packageFor(level, who)}

	var open [len(catalogue)]*entry
	left := 0
	for i := range catalogue {
		if e := &catalogue[i]; !e.inPackage(level) && e.fits(who) {
			open[left] = e
			left++
		}
	}
	// Selection sampling keeps the catalogue's order and needs no shuffle.
	for i, wanted := 0, s.Sub("addons").Intn(mostAddOns+1); wanted > 0 && left > 0; i, left = i+1, left-1 {
		if s.Sub("addon").Index(i).Intn(left) < wanted {
			c.AddOns = append(c.AddOns, open[i].Item)
			wanted--
		}
	}
	c.Fee = c.Package.Fee
	for _, item := range c.AddOns {
		c.Fee += item.Fee
	}
	return c
}

// clientele is a group of people who are offered the same packages.
type clientele struct {
	suffix, label string
	sex           Sex
	// gynaecology is for married women, by the custom of check-up centres.
	gynaecology bool
	pregnant    bool
}

func clienteleOf(p Person) clientele {
	switch {
	case p.Sex == Male:
		return clientele{suffix: "M", label: "男士", sex: Male}
	case p.Pregnant:
		return clientele{suffix: "P", label: "孕期女士", sex: Female, pregnant: true}
	case p.Married:
		return clientele{suffix: "W", label: "已婚女士", sex: Female, gynaecology: true}
	default:
		return clientele{suffix: "F", label: "女士", sex: Female}
	}
}

func packageFor(level int, who clientele) Package {
	p := Package{
		ID:   "TC0" + strconv.Itoa(level) + who.suffix,
		Name: levelNames[level-1] + "体检套餐(" + who.label + ")",
		Sex:  who.sex,
	}
	p.Items = make([]Item, 0, len(catalogue))
	for i := range catalogue {
		if e := &catalogue[i]; e.inPackage(level) && e.fits(who) {
			p.Items = append(p.Items, e.Item)
			p.Fee += e.Fee
		}
	}
	return p
}

var levelNames = [...]string{"入职", "基础", "标准", "精英", "尊享"}

// entry is an item with the rules of its use.
type entry struct {
	Item
	// level is the lowest package that holds the item; 0 is an add-on only.
	level int
	sex   Sex
	// need is a further condition on the person.
	need need
}

type need int

const (
	always need = iota
	// notPregnant is for X-rays.
	notPregnant
	// gynaecology is for what is offered to married women, and not in pregnancy.
	gynaecology
)

func (e *entry) inPackage(level int) bool { return e.level > 0 && e.level <= level }

func (e *entry) fits(who clientele) bool {
	if e.sex != AnySex && e.sex != who.sex {
		return false
	}
	switch e.need {
	case notPregnant:
		return !who.pregnant
	case gynaecology:
		return who.gynaecology
	default:
		return true
	}
}

var catalogue = [...]entry{
	{Item{"1001", "一般检查", 1000}, 1, AnySex, always},
	{Item{"1002", "内科检查", 1250}, 1, AnySex, always},
	{Item{"1003", "外科检查", 1550}, 1, AnySex, always},
	{Item{"1004", "眼科检查", 2080}, 2, AnySex, always},
	{Item{"1005", "耳鼻喉科检查", 2080}, 2, AnySex, always},
	{Item{"1006", "口腔科检查", 1560}, 3, AnySex, always},
	{Item{"1101", "血常规", 2500}, 1, AnySex, always},
	{Item{"1102", "尿常规", 1275}, 1, AnySex, always},
	{Item{"1103", "粪便隐血试验", 1835}, 3, AnySex, always},
	{Item{"1104", "肝功能八项", 6880}, 2, AnySex, always},
	{Item{"1105", "肾功能三项", 3645}, 2, AnySex, always},
	{Item{"1106", "血脂四项", 5225}, 2, AnySex, always},
	{Item{"1107", "空腹血糖", 985}, 1, AnySex, always},
	{Item{"1108", "糖化血红蛋白", 6510}, 4, AnySex, always},
	{Item{"1109", "甲状腺功能三项", 12800}, 4, AnySex, always},
	{Item{"1110", "同型半胱氨酸", 9866}, 5, AnySex, always},
	{Item{"1111", "碳13呼气试验", 15020}, 4, AnySex, notPregnant},
	{Item{"1201", "甲胎蛋白", 4505}, 3, AnySex, always},
	{Item{"1202", "癌胚抗原", 4505}, 3, AnySex, always},
	{Item{"1203", "总前列腺特异性抗原", 8825}, 4, Male, always},
	{Item{"1204", "糖类抗原125", 9675}, 4, Female, always},
	{Item{"1301", "常规心电图", 3000}, 1, AnySex, always},
	{Item{"1302", "肝胆脾胰肾彩超", 16050}, 2, AnySex, always},
	{Item{"1303", "甲状腺彩超", 11015}, 3, AnySex, always},
	{Item{"1304", "前列腺彩超", 9520}, 3, Male, always},
	{Item{"1305", "乳腺彩超", 11045}, 3, Female, always},
	{Item{"1306", "子宫附件彩超", 9860}, 3, Female, always},
	{Item{"1307", "颈动脉彩超", 13530}, 5, AnySex, always},
	{Item{"1401", "胸部正位片", 8040}, 1, AnySex, notPregnant},
	{Item{"1402", "低剂量胸部CT", 26890}, 5, AnySex, notPregnant},
	{Item{"1403", "双能X线骨密度检测", 12055}, 0, AnySex, notPregnant},
	{Item{"1404", "乳腺钼靶摄影", 24570}, 0, Female, notPregnant},
	{Item{"1501", "妇科常规检查", 3555}, 2, Female, gynaecology},
	{Item{"1502", "宫颈液基细胞学检查", 18560}, 3, Female, gynaecology},
	{Item{"1503", "人乳头瘤病毒分型", 32840}, 0, Female, gynaecology},
	{Item{"1601", "动脉硬化检测", 8855}, 5, AnySex, always},
	{Item{"1602", "人体成分分析", 5510}, 0, AnySex, always},
	{Item{"1603", "经颅多普勒", 14225}, 0, AnySex, always},
	{Item{"1604", "中医体质辨识", 6030}, 0, AnySex, always},
	{Item{"1605", "二十五羟维生素D", 11990}, 0, AnySex, always},
}
