"""What can happen in a story. A plot: (theme of the moral, nature of role 1, nature of role 2, beats).
Each beat is a list of ways to tell it; names, things and numbers bound in one beat come back in later ones."""

_SAID1 = "[{#said} {H1}|{H1} {#said}|{he1} {#said}|{#said} {H1} {#mannerly}]"
_SAID2 = "[{#said} {H2}|{H2} {#said}|{he2} {#said}|{#said} {H2} {#mannerly}]"


def _say(text):
    """Puts the speakers' words in: <1> and <2> become "said so-and-so"."""
    for role in "12":
        text = text.replace(f'?" <{role}>', f'?" [{{#ask}} {{H{role}}}|{{H{role}}} {{#ask}}|{{he{role}}} {{#ask}}]')
    return text.replace("<1>", _SAID1).replace("<2>", _SAID2)


_PLOTS = [
    ("truth", "good", "bad", [
        ["one {#hour} {he1} {#saw} a {a=#thingadj} {x=#thing} [lying|] {#near} the {#spot}.",
         "while {he1} {#chore} the {#chored}, {he1} {#saw} a {a=#thingadj} {x=#thing} in the {#container}."],
        ['"whose {x} [is this|may this be]?" <1>. "I must [ask|find out] at the {spot=#spot}."',
         '"someone has lost this {x}," <1>. "I will {#mannerly} look for the owner."'],
        ["at the {spot=#spot} {he1} met {intro2}, who {#gesture}.", "soon {intro2} came [along the {#way}|by], {#feel} and {#feel}."],
        ['"that {x} is mine," <2>. "I lost it {#num} {#unit+s} ago."', '"give me the {x}!" <2>. "it belonged to my {#kin}."'],
        ['"[then |]tell me, what is under the {x}?" <1>. "[a {#color} {#flower}|a {#beast}|nothing]," <2>, but it was [a {y=#bird}|a'
         ' {y=#tree}].',
         '"what color was the {#container} it lay in?" <1>. {H2} {#gesture} and did not know.'],
        ["so everyone saw that {H2} had lied. [the {#elder}|a {passer=#passer}], who had really lost the {x}, thanked {H1} and "
         "gave {him1} {#num} {#goods+s}.",
         "then the {#elder} came, for the {a} {x} was {#simile} to [her|him], and {H1} gave it back [at once|gladly]. {H2} "
         "went away {#feel}."],
    ]),
    ("greed", "bad", "good", [
        ["{he1} owned {n} {g=#goods+s}, and still {he1} was not content.",
         "[in {his1} {#container}|in {his1} {#room}] {he1} kept {n} {g=#goods+s}, and {he1} counted them every {#hour}."],
        ["one {#day} {he1} {#saw} {intro2}, who had only one {g}.", "next door lived {intro2} with one {g} and {#num} children."],
        ['"give me your {g} as well," <1>, "then I shall have {m}."', '"{n} {g+s} are not enough," <1>. "I want {m}."'],
        ['"[take it|you may have it], if you can [carry them all|hold them all] over the {land}," <2>.',
         '"be content with your {n} {g+s}," <2>. "who knows what the {#sky} will bring?"'],
        ["but {H1} {#took} them all [on {his1} {#body}|in one {#container}] and {#went} to the {land}. there the {fix=#container} "
         "broke, and {k} {g+s} [fell into the {#spot}|rolled down the {#way}|were lost].",
         "at {#clock} a {#danger} came. {H1} {#went} away, and {k} {g+s} were [gone|stolen|burned|eaten]."],
        ["now {he1} had {r} {g+s} left, and {he1} {#gesture}.", "only {r} of the {n} {g+s} were left. {H2} {#gesture} {#mannerly}."],
    ]),
    ("haste", "bad", "good", [
        ["one {#hour} {he1} met {intro2} [{#near} the {#spot}|on the {#way}].", "{his1} neighbor was {intro2}, who was slow and {#good}."],
        ['"[I can run from here|let us race] to the {goal=#spot}," <1>. "the first one wins a {prize=#thing}."',
         '"you are as slow as a {#like}," <1>. "race me to the {goal=#spot} for a {prize=#thing}!"'],
        ['"very well," <2>. "we start at {#clock}."', '"I am not fast," <2>, "but I will try."'],
        ["the {#passer} gave the sign with a {#instrument}. {H1} {#went} ahead like a {#like}, but {H2} {#went} behind.",
         "{H1} was soon far ahead, past the {#spot} and the {#tree+s}; {H2} {#went} on, step by step."],
        ["{#near} the {#land} {H1} [lay down under a {#tree}|stopped to eat a {#food}|stopped to talk about the {#topic}]. "
         '"I have time," {he1} {#said}, and fell asleep.',
         "then {H1} {#saw} a {#wild} and {#went} after it, and forgot the race."],
        ["when {he1} [woke|looked up], the {#sky} was {#simile}, and {H2} [stood|sat|was] already at the {goal} with the {prize}.",
         "at {#clock} {H2} touched the {goal}. {H1} came {#num} [steps|hours|minutes] too late, and the {prize} was won."],
    ]),
    ("wit", "good", "bad", [
        ["{he1} had a {a=#thingadj} {x=#thing}, [a gift from {his1} {#kin}|but no {#food}|] and wanted a {w=#beast}.",
         "for {#num} {#unit+s} {he1} had wished for a {w=#beast}, but {he1} owned only a {a=#thingadj} {x=#thing}."],
        ["{he1} met a {#passer} and traded the {x} for a {y=#thing}.",
         "a {#trade} needed a {x}, so {he1} gave it away for a {y=#thing}."],
        ["at the {#spot} {he1} gave the {y} to a {#elder} for a {z=#goods}.", "next {he1} traded the {y} for a {z=#goods}, {#near} the {#land}."],
        ['then came {intro2}. "I will give you this {#color} {w} for the {z}," <2>, "if you guess my riddle."',
         'now {intro2} had a {w} to sell. "the {z} is not enough," <2>. "answer my riddle too."'],
        ['"{riddle}?" <2>. {H1} {#gesture} [and thought|for a while]. "{answer}," <1>.',
         '{H2} {#gesture}. "{riddle}?" "that is {answer}," <1> [at once|{#mannerly}].'],
        ["{H2} was {#feel}, but the {w} belonged to {H1} now. so a {x} had become a {y}, a {y} a {z}, and a {z} a {w}.",
         "so {H1} {#went} home with the {w}, and {H2} had [only|] the {z}."],
    ]),
    ("work", "good", "bad", [
        ["all through the {#season} {he1} {#toil} and {#toil} and {#chore} the {#chored}.",
         "while the {#sky} was {#weather}, {he1} filled {his1} {#container} with {f=#food+s} and {#food+s}."],
        ["{intro2} sat {#near} the {#tree} and played the {i=#instrument}.", "{his1} neighbor, {intro2}, only {#dance} and slept."],
        ['"why do you work so hard?" <2>. "come and {#mannerly} sing with me!"', '"work is for {#beast+s}," <2>. "I [have|love] my {i=#instrument}."'],
        ['"the winter will be long," <1>, and {#toil} [on|again].', '"when the snow comes, you will be {feel=#feel}," <1>.'],
        ["then came {#month}, and the snow lay {#num} feet deep on the {land}. {H2} had no {#food} and no {#clothes}.",
         "in {#month} the {#sky} came, and {H2} was {#feel} and {#feel}."],
        ['{H2} knocked at the door. "[please, |]give me a {#bit} of {#food}," <2>. {H1} opened. "first {#mannerly} sweep the {#room}," '
         '<1>, "then we will eat."',
         '"what did you do all {#season}?" <1>. "I played the {i=#instrument}," <2>. "then play for your {#food}," {#said} {H1}, and '
         "they shared the {#food}."],
    ]),
    ("help", "good", "good", [
        ["one {#hour} {he1} {#saw} {intro2}, who was caught in a {trap=#container}.", "{#near} the {#land} {intro2} lay under a {#tree} with a hurt "
         "{part=#body}."],
        ['"help me," <2>, "and I will help you one day."', '"please do not leave me here," <2> {#mannerly}.'],
        ["{H1} {#took} a {#rope} and [set {him2} free|pulled {him2} out].", "{H1} {#gesture}, {#took} some {#herb} and {#fix}, and made {him2} well."],
        ['"how could you ever help me?" <1>, and {#gesture}.', '"it is nothing," <1>. "go home to your {#kin}."'],
        ["{#num} {#unit+s} later a {d=#danger} came to {place}, and {H1} was [in great need|in danger|almost lost].",
         "the next {#season} {H1} {#went} through the {land}, and there a {d=#danger} [waited|came]."],
        ["then {H2} heard {his1} cry, {#went} to the {#spot} and {#took} the {#rope}, and so {H1} was saved from the {d}.",
         "but {H2} had not forgotten. {he2} called {#num} {#folk}, and together they drove the {d} away."],
        ['"now we are even," <2>. "no," <1>, "now we are friends."', '"you were right," <1>. "thank you, {call2}."'],
    ]),
    ("pride", "bad", "good", [
        ["{he1} boasted that nobody was better at {s=#skill}.", '"I am the best at {s=#skill} in all {place}," <1> every {#hour}.'],
        ["{intro2} {#gesture} and said nothing.", 'one {#day} {intro2} heard it. "show us," <2>.'],
        ['"[tomorrow|on {#day}] at the {spot=#spot} I will show you," <1>. "bring all the {#folk}."',
         '"I could do it with one {#body}," <1>, "{#near} the {spot=#spot}."'],
        ["all the {#folk} came to the {spot=#spot}, and the {#elder} sat in front with a {#thing}.",
         "on {#day} {#many} {#folk} stood at the {spot=#spot}, and the {#sky} was {#simile}."],
        ["{H1} began {#mannerly}, but {his1} {#body} slipped, and {he1} fell into a {#container} of {#food}.",
         "but {his1} {#tool} broke, and {he1} {#went} into the {#chored}, and the {#folk} laughed."],
        ["then {H2} {#took} a {#tool} and did it {#mannerly}, without a word. that was {s}!",
         '"it is not hard," <2>, "if you practice every {#hour}," and {he2} helped {him1} up.'],
    ]),
    ("care", "bad", "good", [
        ['"never go to the {bad=#land} at {t=#clock}," {his1} {kin=#kin} [always|] said, "for there is a {d=#danger}."',
         "{his1} {kin=#kin} had told {him1} {#num} times not to play {#near} the {bad=#land}, because of the {d=#danger}."],
        ["but {H1} was {manner1} and {feel=#feel}, and one {#day} {he1} {#went} there.",
         '"I am not afraid of a {d}," <1>, and {#went} off with a {#thing}.'],
        ["at first {he1} saw only {#flower+s}, {#wild+s} and {#tree+s}.", "the {bad} was {#landadj} and {#landadj}, and the {#bird+s} were still."],
        ["suddenly the {d} was there. {H1} {#gesture} and could not move {his1} {#body}.", "then {he1} heard a {#noise}, and there was the {d}, {#simile} as a {#like}!"],
        ["luckily {intro2} was {#skill} nearby. {he2} threw {him1} a {#rope}, and {H1} {#went} away from the {d}.",
         "{intro2}, who was looking for {#herb}, {#saw} it and {#took} a {#tool} and drove the {d} off."],
        ['"why did you not listen to your {kin}?" <2>. {H1} {#gesture}. "I will from now on," <1>.',
         '{his1} {kin} {#gesture} when {he1} came home. "I was {#feel}," said the {kin}, "but now [eat your {#food}|go to sleep]."'],
    ]),
    ("peace", "bad", "bad", [
        ["{he1} and {intro2} both wanted the {a=#thingadj} {x=#thing} that [hung|stood|lay] in the {#spot}.",
         "{#near} {his1} {#spot} lived {intro2}, and between them stood a {x=#tree}."],
        ['"it is mine," <1>. "I {#saw} it first."', '"the {x} belongs to my {#kin}," <1>, "and so to me."'],
        ['"no, mine," <2>. "I have {#chore} it for {#num} {#unit+s}."', '"{#vice} makes you blind," <2>. "it is my {x}."'],
        ["they {#said} and shouted for {n} {#unit+s}, and no one {#chore} the {#chored}.", "they did not speak for {n} {#unit+s}, and both were {#feel}."],
        ["so they went to the {j=#elder}, who {#gesture}.", "at last the {j=#elder} of {place} called them to the {#spot}."],
        ['"cut the {x} in two," {#said} the {j}, "and each take half." "[then |]let {him1} have it," <2>, "it is too fine to be broken."',
         'while they {#said}, a {#passer} {#took} the {x} and {#went} away. the {j} {#gesture}. "now you both have nothing," {he2} heard.'],
        ["{H1} was {#feel}. from then on they shared the {x}.", "{H1} {#gesture} and gave {him2} {#num} {#goods+s}, and there was peace."],
    ]),
    ("greed", "good", "bad", [
        ["one {#day} {he1} {#went} to the market [of {place}|] with {n} {g=#goods+s}.", "{he1} put {n} {g=#goods+s} into a {c=#container} and {#went} to market."],
        ["on the {#way} {he1} met {intro2}, who was {#feel}.", "at the {#spot} sat {intro2}, as {#simile} as a {#like}."],
        ['"how many {g+s} have you got?" <2>. "{n}," <1>, "and each costs one {price=#price}."', '"are they fresh?" <2>. "as fresh as the {#flower+s}," <1>.'],
        ['"I take {k}," <2>, and paid {k} {price=#price+s}. so {r} {g+s} were left.', "{H2} bought {k} of them, and {H1} kept {r}."],
        ['but {H2} {#gesture}. "you gave me only {r}," {he2} {#said}. "I want my {price=#price+s} back!"', "then {H2} secretly {#took} one more and hid it in {his2} {#clothes}."],
        ["the {#elder} counted: {k} and {r} make {n}. [so everybody saw who was right|{H2} {#gesture} and was silent].",
         "but the {g} fell out, and all the {#folk} saw it. {H2} had to pay {#num} {price=#price+s} more."],
    ]),
    ("haste", "good", "bad", [
        ["{he1} wanted to build a house of {m1=#stuff}. {his1} neighbor, {intro2}, wanted one too.", "in {#month} {he1} and {intro2} began to build, each a house {#near} the {land}."],
        ["{H2} built with {m2=#stuff} and was ready in {#num} {#unit+s}.", '"I will take {m2=#stuff}," <2>, "that is quick." {he2} was soon done and {#dance}.'],
        ["{H1} {#toil} and {#toil}, and {#took} one {#tool} after the other.", "{H1} {#took} {his1} {#tool} every {#hour}, and the walls of {m1=#stuff} grew slowly."],
        ['"you will never be ready," <2>. "good things take time," <1>.', '"come and {#mannerly} rest," <2>. "not before the roof is on," <1>.'],
        ["then came a {storm=#sky} from the {#land}, {#num} {#unit+s} long, as {#simile} as a {#like}.", "in {#month} the {storm=#sky} came over {place}."],
        ["the house of {m2=#stuff} [fell down|flew away|broke], but the house of {m1=#stuff} stood. \"come in,\" <1>, \"there is room for two.\"",
         "{H2} {#went} out of {his2} broken house and knocked at the door of {m1=#stuff}, {#feel} and {#feel}."],
    ]),
    ("work", "good", "good", [
        ["{he1} wanted to learn {s=#skill}, so {he1} {#went} to {intro2}.", "nobody knew more about {s=#skill} than {intro2}, and so {H1} asked {him2} to teach {him1}."],
        ['"first {#mannerly} sweep the {#room}," <2>. "then bring {n} {g=#goods+s}."', '"[good|very well]," <2>, "but for {n} {#unit+s} you will only watch."'],
        ["for {n} {#unit+s} {H1} {#chore} the {#chored} and {#toil}, and learned nothing, or so {he1} thought.", "{H1} {#toil} every {#hour} until {his1} {#body} hurt."],
        ['"when do I begin with {s}?" <1>. "you began long ago," <2>, and {#gesture}.', '"I am {#feel}," <1>. "wait until {#month}," <2> {#mannerly}.'],
        ["then {H2} gave {him1} a {#thingadj} {t=#tool}, and look: {his1} {#body} knew all by itself what to do.", "one {#day} {H2} had a {ill=#ill}, and {H1} had to do it alone. it was {#good} work."],
        ["now {he1} was as good at {s} as {H2}, and the {#folk} came from {#village} and {#village} to see it.", '"now you are a master of {s}," <2>, and gave {him1} a {#color} {#clothes}.'],
    ]),
    ("help", "good", "good", [
        ["one {#day} {his1} friend, {intro2}, lay in bed with a {ill=#ill}.", "in {#month} {intro2} had a bad {ill=#ill}, and {H1} was {#feel}."],
        ["the {doc=#elder} {#gesture}. \"{he2} needs {h1=#herb}, {h2=#herb} and {h3=#herb},\" {#said} the {doc}.", '"bring me {h1=#herb}, {h2=#herb} and {h3=#herb}," {#said} the {doc=#elder}, "and a {#bit} of {#food}."'],
        ["{H1} found the {h1} {#near} the {#spot}.", "the {h1} grew {#near} the {#land}, under a {#tree}."],
        ["the {h2} was sold by a {#trade} for {#num} {#price+s}.", "for the {h2} {he1} gave a {#passer} {his1} {#color} {#clothes}."],
        ["but the {h3} grew only on the {#landadj} {#land}, {#num} {#unit+s} away. {H1} {#went} there [in the {#sky}|{#mannerly}].", "the {h3} was guarded by a {d=#danger}, but {H1} {#went} past it, while it slept."],
        ["the {doc=#elder} cooked the {h1}, the {h2} and the {h3} together, and the {ill} was gone by {#clock}.", "after {#num} {#unit+s} {H2} {#gesture} and got up, and the {ill} was over."],
    ]),
    ("fear", "bad", "good", [
        ["one {#hour} {he1} heard a {nz=#noise} in the {room=#room}.", "every {#hour} at {t=#clock} there was a {nz=#noise} [from the {room=#room}|in the {room=#room}]."],
        ['"it is a {d=#danger}!" <1>, and {#went} under the {#thing}.', "{H1} {#gesture}. it had to be a {d=#danger}, {he1} thought."],
        ["{he1} {#went} to {intro2} and {#said} for help.", "{intro2} came by with a {#thing}."],
        ['"I hear {#noise} and {#noise}," <1>. "let us look," <2>.', '"have you looked?" <2>. "no," <1>, "I am too {#feel}."'],
        ["{H2} {#took} a {l=#thing} and {#went} into the {room=#room}.", "so they {#went} to the {room=#room}, {H2} in front, {H1} behind."],
        ["there sat a little {real=#wild} in a {#container} and ate the {f=#food+s}. [that was all|nothing else].", "it was only the {real=#sky} and a {#thingadj} {thing=#thing} that had come loose."],
        ['"so that was your {d}," <2>, and they laughed {#mannerly}.', '{H1} {#gesture}. "a {real} made such a {nz}!" {he1} {#said}.'],
    ]),
    ("work", "good", "bad", [
        ["in {#month} {he1} planted {n} {p=#tree+s} {#near} the {#spot}.", "{he1} had only {n} {p=#flower} seeds, and {he1} planted them in the {#spot}."],
        ['"that will never grow," <2a>.', 'but {intro2} {#gesture}. "what for?" <2>. "you will be old before you see a {#flower}."'],
        ["{he1} watered them every {#hour} and {#chore} the {#chored} besides.", "in {#season} came the {#sky}, and {k} of them died, but {r} lived."],
        ["then the {p+s} grew as high as the {#chored}.", "{u=#unit} after {u} they grew, {#simile} and {#color}."],
        ["after {#num} years there were {#goods+s} in every {#container} of {place}, and {H1} shared them with the {#folk}.", "now the {#folk} came from {#village} to see the {p+s}, and paid {#num} {#price+s} each."],
        ['"may I have some, too?" asked the {#bad} neighbor. "yes," <1>, "but next time, plant with me."', "even the {#passer} and the {#elder} sat under the {p+s} and {#dance}."],
    ]),
    ("help", "good", "good", [
        ["on {#day} there would be a feast for {intro2}, and {H1} had no gift.", "{he1} wanted to give {his1} friend, {intro2}, a gift for the [wedding|festival|fair]."],
        ['"what can I give?" <1>. "I have only {n} {price=#price+s}."', "in {his1} {#container} were {n} {price=#price+s}, not more."],
        ["at the {#trade}'s a {a=#thingadj} {x=#thing} cost {m} {price=#price+s}.", "the {a=#thingadj} {x=#thing} in the window of the {#trade} was too dear for {him1}."],
        ["so {he1} {#took} {#cloth}, {#fix} and {#stuff}, and made a {x} [by {self1}|with {his1} own hands].", "so {he1} {#toil} for the {#trade} for {#num} {#unit+s}, until {he1} could buy the {x}."],
        ["[on {#day}|at the feast] the {#folk} brought {#treasure}, {#goods+s} and a {#color} {#clothes}.", "the {#elder} gave {#treasure}, the {#trade} gave a {#beast}, and the {#passer} a song."],
        ['but {H2} liked the {x} best. "you made it for me," <2>, and {#gesture}.', '{H2} {#took} the {x} and {#gesture}. "this is the finest {x} in {place}," <2>.'],
    ]),
    ("truth", "bad", "good", [
        ['"a {d=#danger} is coming!" <1> one {#hour}, for {he1} was {#feel} and wanted to see the {fk=#folk} run.', "for fun {he1} {#said} that a {d=#danger} was in the {land}, and all the {fk=#folk} {#went} there."],
        ["the {fk=#folk} {#took} {#tool+s} and {#went} out, but there was no {d}. {H1} {#gesture}.", "{#many} {fk=#folk} looked {#near} the {#spot} and the {#spot}, and found nothing but {#wild+s}."],
        ['"do not lie," <2b> {#mannerly}. "one day you will need us."', 'only {intro2} was not angry. "that was not {#good}," <2>.'],
        ["after {#num} {#unit+s} {he1} did it again, and again they came.", "on {#day} and on {#day} {he1} {#said} it again, and laughed."],
        ["but in {#month} the {d} really came out of the {#landadj} {land}.", "then, one {#weather} {#hour}, there stood the {d} itself, {#simile} as a {#like}."],
        ['"help, the {d}!" <1>. but the {fk=#folk} only {#gesture} and went on {#skill}, and {he1} lost {n} {#beast+s}.', "{H1} {#said} and shouted, but no one came, and the {d} {#took} {his1} {#food+s} and {n} {#beast+s}."],
    ]),
    ("wit", "good", "bad", [
        ["one {#hour} {he1} was caught by {intro2}, who was {#feel}.", "{#near} the {#land} {he1} met {intro2}, and could not get away."],
        ['"I will eat you with {f=#food} and {#herb}," <2>.' , '"now you must work for me for {n} years," <2>.'],
        ['"gladly," <1>, "but first hear me play the {i=#instrument}."', '"as you like," <1>. "but in the {w=#spot} there is {tr=#treasure}. do you not want it?"'],
        ['"what harm can it do?" thought {H2}, and {#gesture}.', '"{#vice} is my {#kin}," <2>. "show me."'],
        ["so they {#went} to the {w=#spot}. \"you must bend down,\" <1>. \"lower, lower!\"", "{H1} {#took} a {#thing}. \"close your eyes and count to {n},\" <1>."],
        ["and when {H2} did so, {H1} {#went} away over the {land} as fast as a {#like}.", "{H2} counted to {nless}, and by then {H1} was [far away|up in a {#tree}|at home]."],
        ["{H2} {#gesture}, and had neither {#food} nor {#treasure}.", '"{#vice} made me {#feel}," <2>, and {#went} home.'],
    ]),
]
PLOTS = [(theme, one, two, [[_say(way.replace("<2a>", "{#said} {intro2}").replace("<2b>", "{#said} {intro2}")) for way in beat]
                            for beat in beats]) for theme, one, two, beats in _PLOTS]
